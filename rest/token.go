package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// maxTokenLength is in bytes. mStudio's tokens are far shorter. The limit prevents a hostile header from being copied
// into every upstream request.
const maxTokenLength = 4096

// ErrTokenMalformed is the error for text that cannot be a token: it is empty, longer than 4,096 bytes, or contains
// something other than visible ASCII.
var ErrTokenMalformed = errors.New("token must be 1 to 4096 visible ASCII characters")

// Token is a caller's mStudio API token. With the zero Token, only the public categories can be read. It cannot be
// printed, logged or encoded.
type Token struct{ redacted }

// NewToken wraps text if it is valid in a header, or returns [ErrTokenMalformed]. net/http would accept tabs,
// surrounding spaces and non-ASCII bytes.
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

// IsZero reports whether t is the zero Token.
func (t Token) IsZero() bool { return t.text == nil }

// Fingerprint returns a short keyed hash that distinguishes callers in logs: 16 hexadecimal digits, or "" for the zero
// Token. With a random key per process, it reveals nothing about the token.
func (t Token) Fingerprint(key []byte) string {
	if t.IsZero() {
		return ""
	}
	// A truncated hash cannot be extended, so an HMAC, which takes four times as long, is not needed.
	var room [128]byte
	sum := sha256.Sum256(append(append(room[:0], key...), t.reveal()...))
	return hex.EncodeToString(sum[:8])
}

// UploadToken is the permission to upload one file. It cannot be printed, logged or encoded; only [UploadToken.Reveal]
// returns it.
type UploadToken struct{ redacted }

// NewUploadToken wraps text if it is valid in a header, or returns [ErrTokenMalformed].
func NewUploadToken(text string) (UploadToken, error) {
	token, err := NewToken(text)
	return UploadToken(token), err
}

// Reveal returns the token. The caller is responsible for where it goes.
func (t UploadToken) Reveal() string { return t.reveal() }

// FileToken is a temporary permission to download one file without an API token. It cannot be printed, logged or
// encoded; only [FileToken.Reveal] returns it.
type FileToken struct{ redacted }

// NewFileToken wraps text if it is valid in a header, or returns [ErrTokenMalformed].
func NewFileToken(text string) (FileToken, error) {
	token, err := NewToken(text)
	return FileToken(token), err
}

// Reveal returns the token. The caller is responsible for where it goes.
func (t FileToken) Reveal() string { return t.reveal() }
