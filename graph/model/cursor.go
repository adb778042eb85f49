package model

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Scope is what a cursor is bound to: the list with its filter and order. A cursor means nothing in another scope.
type Scope string

// cursorVersion is the first part of every cursor. A change of their meaning takes a new one, so that an old cursor
// that a client has kept is refused instead of misread.
const cursorVersion = "1"

const cursorSeparator = "|"

// fingerprint is short, because it guards against mistakes and not against forgery: a forged cursor shows nothing
// that the caller could not see anyway.
func (s Scope) fingerprint() string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// Encode makes the cursor of a position.
func (s Scope) Encode(position string) string {
	text := cursorVersion + cursorSeparator + s.fingerprint() + cursorSeparator + position
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// Decode returns the position of a cursor that was encoded in the same scope, or a BadInput [*Error].
func (s Scope) Decode(cursor string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", BadInput("The cursor is not one of this API.")
	}
	version, rest, _ := strings.Cut(string(text), cursorSeparator)
	fingerprint, position, found := strings.Cut(rest, cursorSeparator)
	if !found || version != cursorVersion {
		return "", BadInput("The cursor is not one of this API, or of an older version: start again without it.")
	}
	if fingerprint != s.fingerprint() {
		return "", BadInput("The cursor belongs to another list: filter, order and parent must stay the same while paging.")
	}
	return position, nil
}
