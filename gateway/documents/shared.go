package documents

import "context"

// SharedTexts holds the texts of persisted queries for all replicas. It must be safe for concurrent use.
type SharedTexts interface {
	// Find returns the text with this SHA-256 in lower-case hexadecimal, and waits for it for some milliseconds at most. The text
	// may be any other if somebody has changed it.
	Find(ctx context.Context, hash string) (text string, ok bool)
	// Add adds a text. It does not wait.
	Add(hash, text string)
}
