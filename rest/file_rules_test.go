package rest

import (
	"errors"
	"math"
	"net/http"
	"testing"
)

func TestFileRules_TypeOf(t *testing.T) {
	t.Parallel()
	const png, jpeg, pdf, html = "\x89PNG\r\n\x1a\n...", "\xff\xd8\xff\xe0", "%PDF-1.7", "<!DOCTYPE html><p>"
	some := []string{"image/png", "text/plain", "application/pdf", "application/octet-stream"}
	mail := []string{
		"application/zip", "message/rfc822", "text/csv", "text/plain", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
	for _, test := range []struct {
		accepted             []string
		name, declared, head string
		want                 string // "type" or "content" for an error
	}{
		// The declared type, with its parameters.
		{some, "", "image/png", png, "image/png"},
		{some, "", "IMAGE/PNG; x=y", png, "image/png; x=y"},
		{some, "", "text/plain; charset=utf-16le", "a\x00", "text/plain; charset=utf-16le"},
		{some, "", "text/plain; charset=utf-8", html, "text/plain; charset=utf-8"},
		{some, "a.eml", "text/plain", "From: a", "text/plain"},
		{[]string{"image/*"}, "", "image/png", png, "image/png"},
		{[]string{"image/*"}, "", "text/plain", "hello", "type"},
		{[]string{"*/*"}, "", "application/x-new", "hello", "application/x-new"},
		{[]string{"Image/PNG"}, "", "image/png", png, "image/png"},
		{nil, "", "application/x-new", "hello", "application/x-new"},
		{nil, "", "image/jpeg", jpeg, "image/jpeg"},
		// An image or a PDF that is none.
		{some, "", "image/png", pdf, "content"},
		{some, "a.png", "image/png", "", "content"},
		{some, "a.png", "image/png", html, "content"},
		{some, "a.PDF", "", "hello", "content"},
		{some, "a.png", "application/octet-stream", html, "content"},
		// A type that is not accepted.
		{some, "", "image/jpeg", jpeg, "type"},
		{some, "a.jpg", "image/jpeg", jpeg, "type"},
		{some, "", "text/html", html, "type"},
		{some, "a.html", "", html, "type"},
		{some, "a.exe", "application/x-msdownload", "MZ", "type"},
		// A type of another program: the extension decides.
		{mail, "a.csv", "application/vnd.ms-excel", "a;b", "text/csv"},
		{mail, "a.ZIP", "application/x-zip-compressed", "PK\x03\x04", "application/zip"},
		{some, "a.csv", "application/vnd.ms-excel; charset=latin1", "a;b", "text/plain; charset=latin1"},
		{some, "a.csv", "application/vnd.ms-excel; charset=latin1; header=present", "a;b", "text/plain; charset=latin1"},
		{some, "a.pdf", "multipart/form-data; boundary=b", pdf, "application/pdf"},
		{some, "a.png", "application/octet-stream; charset=binary", png, "image/png"},
		{some, "a.png", "image/x-png", png, "image/png"},
		{some, "a.png", "image/x-png", html, "content"},
		// No type: the signature, the extension, the content.
		{mail, "a.eml", "application/octet-stream", "From: a", "message/rfc822"},
		{mail, "a.EML", "", "From: a", "message/rfc822"},
		{mail, "a.eml", "nonsense", "From: a", "message/rfc822"},
		{some, "a.eml", "application/octet-stream", "From: a", "text/plain"},
		{[]string{"message/*"}, "a.eml", "", "From: a", "message/rfc822"},
		{mail, "a.docx", "application/octet-stream", "PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{some, "a.txt", "", png, "image/png"},
		{some, "a.jpg", "application/octet-stream", png, "image/png"},
		{some, "a.b.txt", "", "hello", "text/plain"},
		{some, "", "", html, "type"},
		{some, "", "", "hello", "text/plain"},
		{some, "", "", "", "text/plain"},
		{some, "", "nonsense", pdf, "application/pdf"},
		{some, "", "application/octet-stream", png, "image/png"},
		{some, "", "application/octet-stream", jpeg, "application/octet-stream"},
		{some, "a.unknown", "application/octet-stream", "\x00\x01\x02", "application/octet-stream"},
		{[]string{"image/png"}, "a.eml", "application/octet-stream", "From: a", "type"},
		{nil, "a.eml", "", "From: a", "message/rfc822"},
	} {
		got, err := FileRules{MimeTypes: test.accepted}.TypeOf(test.name, test.declared, []byte(test.head))
		switch {
		case errors.Is(err, ErrFileType):
			got = "type"
		case errors.Is(err, ErrFileContent):
			got = "content"
		case err != nil:
			t.Errorf("got %v", err)
		}
		if got != test.want {
			t.Errorf("%v, %q, %q, %q: want %q, got %q", test.accepted, test.name, test.declared, test.head, test.want, got)
		}
	}
}

func TestFileRulesMembers(t *testing.T) {
	t.Parallel()
	read := func(d *decoder) *FileRules {
		rules := &FileRules{}
		d.fileRules(rules)
		return rules
	}
	wantMembers(t, "fileRules", "", read, map[string]member[FileRules]{
		"mimeTypes":      {`["x"]`, func(r *FileRules) { r.MimeTypes = []string{"x"} }},
		"extensions":     {`[".x"]`, func(r *FileRules) { r.Extensions = []string{".x"} }},
		"maxNameLength":  {`80`, func(r *FileRules) { r.MaxNameLength = new(80) }},
		"maxSizeInBytes": {`7`, func(r *FileRules) { r.Limit = 7 }},
		"maxSizeInKB":    {`6.5`, func(r *FileRules) { r.Limit = 7 << 10 }},
		"maxSizeInKb":    {`7`, func(r *FileRules) { r.Limit = 7 << 10 }},
	})
}

// Rounding down could result in 0, which means no limit. mStudio rejects the excess of at most 1 KiB.
func TestFileRules_Limit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`{"maxSizeInKB":0.5}`: 1 << 10, `{"maxSizeInKB":1}`: 1 << 10, `{"maxSizeInKB":1.001}`: 2 << 10, `{"maxSizeInKB":1e300}`: 1 << 50,
		`{"maxSizeInKB":1,"maxSizeInBytes":1000,"maxSizeInKb":1}`: 1000, `{"maxSizeInBytes":"many","maxSizeInKb":2}`: 2 << 10,
		`{"maxSizeInBytes":0}`: 0, `{"maxSizeInBytes":-1}`: 0, `{}`: 0, `null`: 0,
	} {
		rules := &FileRules{}
		_, _ = decode([]byte(text), fileURL, func(d *decoder) bool { return d.fileRules(rules) })
		if rules.Limit != want {
			t.Errorf("%s: want %d, got %d", text, want, rules.Limit)
		}
	}
}

func TestFileRules_Within(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ limit, second, want int64 }{{0, 0, 0}, {0, 5, 5}, {5, 0, 5}, {5, 6, 5}, {6, 5, 5}} {
		rules := FileRules{Limit: test.limit}
		if got := rules.Within(test.second); got.Limit != test.want || rules.Limit != test.limit {
			t.Errorf("%d within %d: got %d", test.limit, test.second, got.Limit)
		}
	}
	wantEqual(t, "a size over an Int", math.MaxInt32, *FileRules{Limit: 1 << 40}.MaxBytes())
}

func TestUploadRules(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusOK, `{"extensions":[".png",".jpg"],"fileTypes":[{"mimeType":"image/png","extensions":[".png"]}],"maxNameLength":80,
		"maxSizeInBytes":1000000,"maxSizeInKB":1000,"maxSizeInKb":1000,"mimeTypes":["image/png","image/jpeg"],"properties":{}}`))
	got, err := u.client(t, Config{}).UploadRules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &FileRules{MimeTypes: []string{"image/png", "image/jpeg"}, Extensions: []string{".png", ".jpg"}, MaxNameLength: new(80), Limit: 1_000_000}
	wantEqual(t, "rules", want, got)
	wantEqual(t, "path", "/v2/file-upload-types/conversation/rules", u.requests()[0].RequestURI)
	_, err = newPipeUpstream(t, respond(http.StatusOK, `[]`)).client(t, Config{}).UploadRules(t.Context())
	wantCode(t, err, BadResponse)
}
