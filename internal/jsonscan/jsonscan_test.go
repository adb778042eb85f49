package jsonscan

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzScanner compares with encoding/json: both must accept the same documents and read the same strings.
func FuzzScanner(f *testing.F) {
	for _, document := range []string{
		``, ` `, `{}`, ` { "a" : [ 1 , -0.5e+10 , true , false , null , "b" ] } `, `{"a":1,}`, `[1 2]`, `{"a" 1}`, `{a:1}`, `[`, `]`, `01`, `1.`, `-`, `1e`, `tru`, `nulll`,
		`"a\n\u00e4\ud83e\udd16\ud800\/"`, `"\x"`, `"\u12"`, "\"\x00\"", "\"\xff\"", `"a`, `1 2`, "1\x00", "\ufeff1",
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		s := Scanner{Data: document}
		isString := s.Next() == String
		raw := s.Raw()
		got := s.Err == nil && s.Peek() == 0 && s.At == len(document)
		if want := json.Valid(document); got != want {
			t.Fatalf("%q: valid: want %t, got %t", document, want, got)
		}
		if !got {
			return
		}
		if s.Depth != 0 || !bytes.Equal(raw, bytes.Trim(document, " \t\r\n")) {
			t.Errorf("%q: got depth %d and raw value %q", document, s.Depth, raw)
		}
		if isString {
			compareString(t, raw)
		}
	})
}

func compareString(t *testing.T, document []byte) {
	t.Helper()
	var want string
	if err := json.Unmarshal(document, &want); err != nil {
		t.Fatal(err)
	}
	s := Scanner{Data: document}
	token := s.Token()
	if got := string(bytes.ToValidUTF8(token.Bytes(), []byte("\uFFFD"))); got != string(bytes.ToValidUTF8([]byte(want), []byte("\uFFFD"))) && !token.isBroken() {
		t.Errorf("%q: want %q, got %q", document, want, got)
	}
	if token.ASCII != isASCII(token.Raw) || token.Escaped != bytes.Contains(token.Raw, []byte(`\`)) {
		t.Errorf("%q: wrong ASCII or Escaped: %+v", document, token)
	}
}

// isBroken reports whether the token is invalid UTF-8, in which encoding/json replaces each byte.
func (t Token) isBroken() bool { return !bytes.Equal(t.Raw, bytes.ToValidUTF8(t.Raw, nil)) }

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func TestScanner_LimitsDepth(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]error{maxDepth: nil, maxDepth + 1: ErrDepth} {
		s := Scanner{Data: append(bytes.Repeat([]byte("["), depth), bytes.Repeat([]byte("]"), depth)...)}
		s.Skip()
		if s.Err != want { //nolint:errorlint // compares identity
			t.Errorf("%d levels: want %v, got %v", depth, want, s.Err)
		}
	}
}
