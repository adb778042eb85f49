package model

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"mstudio-graphql/internal/base64url"
)

// Scope identifies the list, with its filter and order, that a cursor is valid for.
type Scope string

// cursorVersion is the first part of each cursor. If the meaning of cursors changes, the version must change too, so that
// old cursors are rejected instead of misread.
const cursorVersion = "2"

const cursorSeparator = "|"

// fingerprint is short because it detects accidents, not forgery: a forged cursor reveals nothing that the caller cannot
// read without it.
func (s Scope) fingerprint() string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// Encode returns the cursor of a place, which the caller has encoded.
func (s Scope) Encode(place string) string {
	text := cursorVersion + cursorSeparator + s.fingerprint() + cursorSeparator + place
	return base64url.Encode([]byte(text))
}

// Decode returns the place of a cursor that was encoded in the same scope, or a BadInput [*Error].
func (s Scope) Decode(cursor string) (string, error) {
	text, err := base64url.Decode(cursor)
	if err != nil {
		return "", InvalidCursor()
	}
	version, rest, _ := strings.Cut(string(text), cursorSeparator)
	fingerprint, place, found := strings.Cut(rest, cursorSeparator)
	if !found || version != cursorVersion {
		return "", BadInput("The cursor is invalid or outdated. Start again without a cursor.")
	}
	if fingerprint != s.fingerprint() {
		return "", BadInput("The cursor belongs to another list. Keep the parent object and all arguments except `first` and `last` while paging.")
	}
	return place, nil
}

// InvalidCursor returns the error for a cursor that is not one of this API.
func InvalidCursor() *Error { return BadInput("The cursor is invalid.") }
