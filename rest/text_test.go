package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"mstudio-graphql/internal/jsonscan"
)

// FuzzText checks that text reads the same string as anyText, and that Text.JSON has the escapes that gqlgen writes.
func FuzzText(f *testing.F) {
	for _, value := range []string{
		`""`, `"plain"`, `"a\nb\t\r\"\\"`, `"a\/b"`, `"\u00e4\ud83e\udd16"`, `"\b\f"`, `"ü🤖"`, "\"\xff\"", `"\ud800"`, `4711.0`, `true`, `null`, `{}`,
		`"eight by` + "te" + `s\n"`, `"\n`, `"`, "\"a\nb\"", `"\x"`,
	} {
		f.Add([]byte(value))
	}
	escapes := strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	f.Fuzz(func(t *testing.T, value []byte) {
		plain := &decoder{Scanner: jsonscan.Scanner{Data: value}}
		want, wantOK := plain.anyText()
		read := &decoder{Scanner: jsonscan.Scanner{Data: value}}
		got, ok := read.text()
		if ok && wantOK && got.String() != want || ok != wantOK && plain.Err == nil || plain.At != read.At || plain.Err != read.Err { //nolint:errorlint // compares identity
			t.Fatalf("%q: want %q, %t, got %q, %t", value, want, wantOK, got.String(), ok)
		}
		encoded, isJSON := got.JSON()
		if !isJSON || !ok {
			return
		}
		if encoded != escapes.Replace(want) || !json.Valid([]byte(`"`+encoded+`"`)) {
			t.Errorf("%q: got the encoding %q of %q", value, encoded, want)
		}
	})
}
