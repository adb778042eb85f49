package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// maxTokenLength is in bytes. mStudio's tokens are far shorter; the limit keeps a hostile header from being copied
// into every upstream request.
const maxTokenLength = 4096

// ErrTokenMalformed says that a text cannot be a token: it is empty, longer than 4,096 bytes, or holds something
// other than visible ASCII.
var ErrTokenMalformed = errors.New("token must be 1 to 4096 visible ASCII characters")

// Token is a caller's mStudio API token. The zero Token means none: only the public categories can be read without.
// It does not print, log or encode.
type Token struct{ redacted }

// NewToken checks that text can travel in a header as it is and wraps it. The check is ours because net/http lets
// tabs, outer spaces and bytes above ASCII pass. It returns [ErrTokenMalformed].
func NewToken(text string) (Token, error) {
	if text == "" || len(text) > maxTokenLength || !isVisibleASCII(text) {
		return Token{}, ErrTokenMalformed
	}
	return Token{redact(text)}, nil
}

func isVisibleASCII(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.text == nil }

// Fingerprint returns a short keyed hash by which logs can tell callers apart: 16 hexadecimal digits, or "" for the
// zero Token. With a key that is drawn anew at each start, it says nothing about the token.
func (t Token) Fingerprint(key []byte) string {
	if t.IsZero() {
		return ""
	}
	// Nobody can extend a hash of which most is cut off, so no HMAC is needed, which would take four times as long.
	var room [128]byte
	sum := sha256.Sum256(append(append(room[:0], key...), t.reveal()...))
	return hex.EncodeToString(sum[:8])
}
