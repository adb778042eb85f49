package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"mstudio-graphql/internal/jsonscan"
)

// FuzzText: a text is the string that any other member would be, and what it says is JSON has an answer's own escapes.
func FuzzText(f *testing.F) {
	for _, sent := range []string{
		`""`, `"plain"`, `"a\nb\t\r\"\\"`, `"a\/b"`, `"\u00e4\ud83e\udd16"`, `"\b\f"`, `"ü🤖"`, "\"\xff\"", `"\ud800"`, `4711.0`, `true`, `null`, `{}`,
		`"eight by` + "te" + `s\n"`, `"\n`, `"`, "\"a\nb\"", `"\x"`,
	} {
		f.Add([]byte(sent))
	}
	escapes := strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	f.Fuzz(func(t *testing.T, sent []byte) {
		as := &decoder{Scanner: jsonscan.Scanner{Data: sent}}
		want, wantOK := as.anyText()
		read := &decoder{Scanner: jsonscan.Scanner{Data: sent}}
		got, ok := read.text()
		if ok && wantOK && got.String() != want || ok != wantOK && as.Err == nil || as.At != read.At || as.Err != read.Err { //nolint:errorlint // one and the same
			t.Fatalf("%q: want %q, %t, got %q, %t", sent, want, wantOK, got.String(), ok)
		}
		kept, isJSON := got.JSON()
		if !isJSON || !ok {
			return
		}
		if kept != escapes.Replace(want) || !json.Valid([]byte(`"`+kept+`"`)) {
			t.Errorf("%q: kept %q for %q", sent, kept, want)
		}
	})
}
