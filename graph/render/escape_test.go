package render

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

func wantSameString(t *testing.T, text string) {
	t.Helper()
	var want bytes.Buffer
	graphql.MarshalString(text).MarshalGQL(&want)
	if got := appendString([]byte("before"), text); string(got) != "before"+want.String() {
		t.Errorf("%q: want %s, got %s", text, want.Bytes(), got)
	}
}

func TestAppendString_EqualsExecutor(t *testing.T) {
	t.Parallel()
	for c := range 0x100 {
		wantSameString(t, string([]byte{byte(c)})) // invalid UTF-8 from 0x80
		wantSameString(t, "a"+string(rune(c))+"b"+string(rune(c)))
	}
	for _, text := range []string{
		"", `"`, `\`, `\"`, `\\""`, `\u0041`, "</script>&amp;", "\u2028\u2029", "\u007f\u0080\ufeff\ufffd", "𝄞 und 🤖", "Bäckerei",
		"\n", "a\n\r\tb\x00\x1f", "\xff", "a\xc3", "\xed\xa0\x80", "\xf0\x9f\n",
		strings.Repeat("long ", 10_000), strings.Repeat("\x01", 10_000), strings.Repeat(`"`, 4097) + "end",
	} {
		wantSameString(t, text)
	}
}

func FuzzString(f *testing.F) {
	for _, text := range []string{"", "plain", "\x00\"\\\n\x7f", "ü🤖", "\xff\xfe", "\u2028"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		wantSameString(t, text)
		if got := appendString(nil, text); utf8.ValidString(text) && !utf8.Valid(got) {
			t.Errorf("%q: %q is not UTF-8", text, got)
		}
	})
}
