package rest

import (
	"errors"
	"strings"
	"testing"
)

func TestNewToken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		ok   bool
	}{
		"valid":            {"8f6a1c0e-1c2d:Zm9v.YmFy_~!", true},
		"longest":          {strings.Repeat("x", 4096), true},
		"too long":         {strings.Repeat("x", 4097), false},
		"empty":            {"", false},
		"space":            {" ", false},
		"space within":     {"a b", false},
		"space at the end": {"a ", false},
		"tab":              {"a\tb", false},
		"line end":         {"a\r\nX-Evil: 1", false},
		"NUL":              {"a\x00", false},
		"delete":           {"a\x7f", false},
		"not ASCII":        {"ä", false},
		"not UTF-8":        {"\xff", false},
		"first and last":   {"!~", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token, err := NewToken(test.text)
			if test.ok {
				if err != nil || token.IsZero() || token.reveal() != test.text {
					t.Errorf("want a token of %q, got %q, %v", test.text, token.reveal(), err)
				}
				return
			}
			if !errors.Is(err, ErrTokenMalformed) || !token.IsZero() {
				t.Errorf("want %v and no token, got %v", ErrTokenMalformed, err)
			}
			if len(test.text) > 1 && strings.Contains(err.Error(), test.text) {
				t.Errorf("the error repeats the token: %v", err)
			}
		})
	}
}

func TestToken_Fingerprint(t *testing.T) {
	t.Parallel()
	anna, bert := newToken(t, "token-of-anna"), newToken(t, "token-of-bert")
	key := []byte("random key")
	one := anna.Fingerprint(key)
	if len(one) != 16 || strings.Trim(one, "0123456789abcdef") != "" {
		t.Errorf("want 16 hexadecimal digits, got %q", one)
	}
	if again := newToken(t, "token-of-anna").Fingerprint(key); again != one {
		t.Errorf("same token: want the same fingerprint, got %s and %s", one, again)
	}
	if other := bert.Fingerprint(key); other == one {
		t.Errorf("another token has the same fingerprint: %s", one)
	}
	if other := anna.Fingerprint([]byte("another key")); other == one {
		t.Errorf("the fingerprint does not depend on the key: %s", one)
	}
	if got := (Token{}).Fingerprint(key); got != "" {
		t.Errorf("zero token: want no fingerprint, got %q", got)
	}
}
