package rest

import (
	"strings"

	"github.com/google/uuid"
)

// uuidLength is that of the form with hyphens, the only one mStudio's paths take.
const uuidLength = 36

// ParseID returns the canonical lower-case form of a UUID, or an [*Error] with [BadInput] for anything else. Every
// id that goes into a path passes through here, so that no id can reach another endpoint ("..", "a/b", "").
func ParseID(id string) (string, error) {
	if len(id) != uuidLength || uuid.Validate(id) != nil {
		return "", &Error{Code: BadInput}
	}
	return strings.ToLower(id), nil
}
