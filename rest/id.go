package rest

import (
	"strings"

	"github.com/google/uuid"
)

// uuidLength is the length of a UUID with hyphens, the only form that mStudio's paths accept.
const uuidLength = 36

// ParseID returns the canonical lower-case form of a UUID, or an [*Error] with [BadInput] for anything else. Every ID in
// a path passes through here, so that no ID can reach another endpoint ("..", "a/b", "").
func ParseID(id string) (string, error) {
	if !isID(id) {
		return "", &Error{Code: BadInput}
	}
	return strings.ToLower(id), nil
}

func isID(text string) bool { return len(text) == uuidLength && uuid.Validate(text) == nil }
