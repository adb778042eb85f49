package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// SharedTexts holds the texts of persisted queries for all replicas. It must be safe for concurrent use.
type SharedTexts interface {
	// Find returns the text with this SHA-256 in lower-case hexadecimal, and waits for it for some milliseconds at most.
	Find(ctx context.Context, hash string) (text string, ok bool)
	// Add adds a text unless it is too long. It does not wait.
	Add(hash, text string)
}

// shareEvery is how often a text that is in use is shared again, because the other replicas may have lost it.
const shareEvery = 10 * time.Minute

// findShared returns the text of a persisted query that another replica has registered. Only SHA-256 hashes are shared, and none
// if the operator has registered all documents that may be executed.
func (s *Store) findShared(ctx context.Context, key string) (text string, found bool) {
	if s.shared == nil || !s.persists || s.trusted.Load().only || !isHash(key) {
		return "", false
	}
	return s.shared.Find(ctx, key)
}

// share adds the text of a persisted query to those that replicas share.
func (s *Store) share(key, text string) {
	if s.shared != nil && s.persists && isPublic(text) {
		s.shared.Add(key, text)
	}
}

func isHash(key string) bool {
	sum, err := hex.DecodeString(key)
	return err == nil && len(sum) == sha256.Size
}

// isPublic reports whether a valid document has neither strings nor comments, which may contain what a person has written.
// Outside of both, a document has no quotation marks. Clients that persist queries use variables.
func isPublic(text string) bool { return !strings.ContainsAny(text, "\"#") }
