package sharedstate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/valkey-io/valkey-go"
)

const (
	// textLife is how long a text is kept.
	textLife = 7 * 24 * time.Hour
	// maxText is the maximum length of a text in bytes.
	maxText = 8 << 10
)

// Texts are the texts of persisted queries. They implement documents.SharedTexts.
type Texts struct{ *Store }

// Texts returns the texts of persisted queries.
func (s *Store) Texts() Texts { return Texts{s} }

// Find returns the text with this hash. It reads at most one byte more than a text may have, whatever the server holds.
func (t Texts) Find(ctx context.Context, hash string) (text string, ok bool) {
	answer, ok := t.ask(ctx, UseTexts, func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		return c.Do(ctx, c.B().Getrange().Key(textKey(hash)).Start(0).End(maxText).Build())
	})
	if !ok {
		return "", false
	}
	text, err := answer.ToString()
	if err != nil || text == "" {
		return "", false
	}
	if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != hash {
		t.garbage(UseTexts)
		return "", false
	}
	return text, true
}

// Add adds a text unless it is too long.
func (t Texts) Add(hash, text string) {
	if len(text) > maxText {
		return
	}
	t.tell(UseTexts, func(ctx context.Context, c valkey.Client) valkey.ValkeyResult {
		return c.Do(ctx, c.B().Set().Key(textKey(hash)).Value(text).Ex(textLife).Build())
	})
}

func textKey(hash string) string { return prefix + "q:" + hash }
