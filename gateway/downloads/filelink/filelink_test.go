package filelink_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/rest"
)

const secret = "token-of-the-file"

func at(minute int) time.Time { return time.Date(2026, 8, 1, 12, minute, 0, 0, time.UTC) }

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, filelink.KeySize) }

func newSealer(t *testing.T, keys ...[]byte) *filelink.Sealer {
	t.Helper()
	sealer, err := filelink.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func newLink(t *testing.T) filelink.Link {
	t.Helper()
	token, err := rest.NewFileToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	return filelink.Link{
		FileID: "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11", Token: token, Caller: "0123456789abcdef", Name: "größer \"1\".png", MimeType: "image/png",
		Attachment: true, ExpiresAt: at(5),
	}
}

func seal(t *testing.T, sealer *filelink.Sealer) string {
	t.Helper()
	text, err := sealer.Seal(newLink(t))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func wantError(t *testing.T, sealer *filelink.Sealer, text string, now time.Time, want error) {
	t.Helper()
	if link, err := sealer.Open(text, now); !errors.Is(err, want) || link != (filelink.Link{}) {
		t.Errorf("%.40q: want %v, got %v, %v", text, want, link, err)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, key(1))
	got, err := sealer.Open(seal(t, sealer), at(4))
	if err != nil {
		t.Fatal(err)
	}
	if got.Token.Reveal() != secret {
		t.Error("the token is another one")
	}
	want := newLink(t)
	got.Token, want.Token = rest.FileToken{}, rest.FileToken{}
	if got != want {
		t.Errorf("want %+v, got %+v", want, got)
	}
}

// A link reveals nothing of its content, and differs each time.
func TestSealedRevealsNothing(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, key(1))
	one, two := seal(t, sealer), seal(t, sealer)
	if one == two || one[:16] == two[:16] {
		t.Error("two links begin alike")
	}
	for _, word := range []string{secret, "3c1f7a52", "png"} {
		if strings.Contains(one, word) {
			t.Errorf("%q can be read in the link", word)
		}
	}
	if strings.Trim(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("does not fit into a path: %s", one)
	}
	if printed := fmt.Sprintf("%v %+v %#v", newLink(t), newLink(t), newLink(t)); strings.Contains(printed, secret) {
		t.Error("a link prints its token")
	}
}

// A link can be opened whatever the length of its token and name. Seal returns an error if it could not.
func TestLongLinks(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, key(1))
	for name, test := range map[string]struct {
		token, name string
		nameIsKept  bool
		want        error
	}{
		"a long token":               {strings.Repeat("a", 4096), "a.png", true, nil},
		"a long name":                {secret, strings.Repeat("\x01", 255), true, nil},
		"a long name of signs":       {strings.Repeat("&", 4096), strings.Repeat("<", 255), true, nil},
		"both":                       {strings.Repeat("a", 4096), strings.Repeat("\x01", 400), false, nil},
		"a token that has no room":   {strings.Repeat(`"`, 4096), "", false, filelink.ErrTooLong},
		"a token that has just room": {strings.Repeat(`"`, 2900), strings.Repeat("a", 255), false, nil},
	} {
		token, err := rest.NewFileToken(test.token)
		if err != nil {
			t.Fatal(err)
		}
		link := newLink(t)
		link.Token, link.Name = token, test.name
		text, err := sealer.Seal(link)
		if !errors.Is(err, test.want) || len(text) > filelink.MaxLength {
			t.Errorf("%s: want %v, got %v and %d bytes", name, test.want, err, len(text))
		}
		if err != nil {
			continue
		}
		got, err := sealer.Open(text, at(4))
		if err != nil || got.Token.Reveal() != test.token || got.FileID != link.FileID || (got.Name == test.name) != test.nameIsKept {
			t.Errorf("%s: opened with %v, a name of %d bytes", name, err, len(got.Name))
		}
	}
}

func TestExpired(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, key(1))
	wantError(t, sealer, seal(t, sealer), at(5), filelink.ErrExpired)
}

// A change of any byte invalidates the link.
func TestForged(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, key(1))
	text := seal(t, sealer)
	for i := range text {
		other := byte('A')
		if text[i] == 'A' {
			other = 'B'
		}
		wantError(t, sealer, text[:i]+string(other)+text[i+1:], at(4), filelink.ErrInvalid)
		wantError(t, sealer, text[:i], at(4), filelink.ErrInvalid)
	}
	for _, text := range []string{text + "A", text + "=", " " + text, "..", strings.Repeat("A", filelink.MaxLength+1)} {
		wantError(t, sealer, text, at(4), filelink.ErrInvalid)
	}
}

// Keys can be replaced: an old key opens its links until it is removed.
func TestKeysCanBeReplaced(t *testing.T) {
	t.Parallel()
	before := seal(t, newSealer(t, key(1)))
	both := newSealer(t, key(2), key(1))
	if _, err := both.Open(before, at(4)); err != nil {
		t.Errorf("with the old key beside the new one: %v", err)
	}
	wantError(t, newSealer(t, key(2)), before, at(4), filelink.ErrInvalid)
	wantError(t, newSealer(t, key(1)), seal(t, both), at(4), filelink.ErrInvalid)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range [][][]byte{nil, {nil}, {key(1)[:31]}, {key(1), append(key(1), 1)}} {
		if _, err := filelink.New(keys...); err == nil {
			t.Errorf("%v: want an error", keys)
		}
	}
}

func FuzzOpen(f *testing.F) {
	sealer, err := filelink.New(key(1))
	if err != nil {
		f.Fatal(err)
	}
	text, err := sealer.Seal(filelink.Link{FileID: "x", ExpiresAt: at(5)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if link, err := sealer.Open(text, at(4)); err == nil {
			t.Errorf("opened %v, which has no token", link)
		}
	})
}
