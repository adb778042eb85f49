package rest

import (
	"errors"
	"testing"
)

func TestFileRules_TypeOf(t *testing.T) {
	t.Parallel()
	const png, pdf, html = "\x89PNG\r\n\x1a\n...", "%PDF-1.7", "<!DOCTYPE html><p>"
	some := []string{"image/png", "text/plain", "application/pdf", "application/octet-stream"}
	for _, test := range []struct {
		accepted       []string
		declared, head string
		want           string // "" for an error
	}{
		{some, "image/png", png, "image/png"},
		{some, "IMAGE/PNG; x=y", png, "image/png"},
		{some, "image/png", pdf, ""},
		{some, "image/png", "", ""},
		{some, "image/jpeg", "\xff\xd8\xff\xe0", ""},
		{nil, "image/jpeg", "\xff\xd8\xff\xe0", "image/jpeg"},
		{some, "text/plain; charset=utf-8", html, "text/plain"},
		{some, "text/html", html, ""},
		{some, "", html, ""},
		{some, "", "hello", "text/plain"},
		{some, "", "", "text/plain"},
		{some, "nonsense", pdf, "application/pdf"},
		{some, "application/octet-stream", png, "image/png"},
		{some, "application/octet-stream", "\xff\xd8\xff\xe0", "application/octet-stream"},
		{some, "application/octet-stream", "\x00\x01\x02", "application/octet-stream"},
		{[]string{"image/*"}, "image/png", png, "image/png"},
		{[]string{"image/*"}, "text/plain", "hello", ""},
		{[]string{"*/*"}, "application/x-new", "hello", "application/x-new"},
		{[]string{"Image/PNG"}, "image/png", png, "image/png"},
		{nil, "application/x-new", "hello", "application/x-new"},
	} {
		got, err := FileRules{MimeTypes: test.accepted}.TypeOf(test.declared, []byte(test.head))
		if got != test.want || (err == nil) != (test.want != "") || err != nil && !errors.Is(err, ErrFileType) {
			t.Errorf("%v, %q, %q: want %q, got %q, %v", test.accepted, test.declared, test.head, test.want, got, err)
		}
	}
}
