package base64url_test

import (
	"bytes"
	"testing"

	"mstudio-graphql/internal/base64url"
)

func TestDecode_RejectsOtherSpellings(t *testing.T) {
	t.Parallel()
	if data, err := base64url.Decode("_-8"); err != nil || !bytes.Equal(data, []byte{0xff, 0xef}) {
		t.Fatalf("%x, %v", data, err)
	}
	for _, text := range []string{"_-8=", "_-9", "/+8", "_-8\n", "_-8\r\n", "\n_-8", "_\n-8", "_-8 ", "_", "_-8\x00", "ÿ"} {
		if data, err := base64url.Decode(text); err == nil {
			t.Errorf("%q: decoded %x", text, data)
		}
	}
}

// A text that can be decoded is the text of its data.
func FuzzDecode(f *testing.F) {
	f.Add("_-8")
	f.Add("_-8\n")
	f.Fuzz(func(t *testing.T, text string) {
		if data, err := base64url.Decode(text); err == nil && base64url.Encode(data) != text {
			t.Errorf("%q is a second spelling of %x", text, data)
		}
	})
}
