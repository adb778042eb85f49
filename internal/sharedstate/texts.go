package sharedstate

import (
	"context"
	"time"

	"github.com/valkey-io/valkey-go"
)

// textLife is how long a text is kept.
const textLife = 7 * 24 * time.Hour

// Texts are the texts of persisted queries. They implement documents.SharedTexts.
type Texts struct{ *Store }

// Texts returns the texts of persisted queries.
func (s *Store) Texts() Texts { return Texts{s} }

// Find returns the text with this hash.
func (t Texts) Find(ctx context.Context, hash string) (text string, ok bool) {
	answer, ok := t.ask(ctx, UseTexts, func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		return c.Do(ctx, c.B().Get().Key(prefix+"q:"+hash).Build())
	})
	if !ok || answer.IsNil() {
		return "", false
	}
	text, err := answer.ToString()
	return text, err == nil
}

// Add adds a text.
func (t Texts) Add(hash, text string) {
	t.tell(UseTexts, func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		return c.Do(ctx, c.B().Set().Key(prefix+"q:"+hash).Value(text).Ex(textLife).Build())
	})
}
