package rest

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a.png": "a.png", `größer "a".png`: `größer "a".png`, "日本.txt": "日本.txt", "👩\u200d💻.png": "👩\u200d💻.png", "100%25.png": "100%25.png",
		".htaccess": ".htaccess", "a.tar.gz": "a.tar.gz", "a b.txt": "a b.txt",
		"../../etc/passwd": "passwd", `C:\fakepath\a.png`: "a.png", `a/b\c`: "c", `a\b/c`: "c", "/etc/": "", `\`: "",
		"": "", ".": "", "..": "", "../..": "", " .. ": "", "a.exe. .": "a.exe", "\u00a0a\u3000": "a", "a. ": "a",
		"a\x00b.txt": "a_b.txt", "\x00": "_", "a\r\nX-Evil: 1": "a__X-Evil: 1", "a\tb\x7f\u0085": "a_b__", "a\xffb": "a_b", "\xc3": "_", "a\ufffd": "a_",
		"a\u2028b\u2029": "a_b_", "\ufeffa": "_a", "a\uffffb": "a_b",
		"\u202egnp.exe": "_gnp.exe", "a\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069b": "a________b", "\u200ea\u200fb\u061c": "_a_b_",
	} {
		if got := FileName(text); got != want {
			t.Errorf("%q: want %q, got %q", text, want, got)
		}
	}
}

// A name is clean, stays as it is if cleaned again, and survives the header of a form.
func FuzzFileName(f *testing.F) {
	for _, text := range []string{"a.png", "../a", `\..\`, "a\x00\u202e\xff. "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := FileName(text)
		if FileName(name) != name || !utf8.ValidString(name) || strings.ContainsAny(name, `/\`) || strings.Trim(name, ".") == "" && name != "" ||
			strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q: %q", text, name)
		}
		header := newFileBody(UploadToken{}, NewFile{Name: text}).form
		sent := make([]byte, len(text)*3+500)
		n, _ := header.Read(sent)
		head := string(sent[:n])
		_, disposition, _ := strings.Cut(head, "Content-Disposition: ")
		disposition, _, _ = strings.Cut(disposition, "\r\n")
		_, parameters, err := mime.ParseMediaType(disposition)
		if err != nil || name != "" && strings.ReplaceAll(name, `"`, "%22") != strings.ReplaceAll(parameters["filename"], `"`, "%22") {
			t.Errorf("%q is sent as %q: %v", name, disposition, err)
		}
	})
}
