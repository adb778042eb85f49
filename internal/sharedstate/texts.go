package sharedstate

import (
	"context"
	"crypto/sha256"
	_ "embed" // for the scripts
	"encoding/hex"
	"strconv"

	"github.com/valkey-io/valkey-go"
)

var (
	//go:embed scripts/find_text.lua
	findTextScript string
	//go:embed scripts/add_text.lua
	addTextScript string
)

const (
	// textsKey is the name of the entry of all texts. One entry has a size that a script can limit: a caller may send any number of
	// texts, and must not fill the server.
	textsKey = prefix + "q"
	// textsLife is how long the texts are kept after the last of them was added.
	textsLife = "604800"
	// maxTexts is the maximum number of texts. They take 8 MiB.
	maxTexts = "1000"
	// maxText is the maximum length of a text in bytes.
	maxText = 8 << 10
)

// Texts are the texts of persisted queries. They implement documents.SharedTexts.
type Texts struct {
	*Store

	find, add *valkey.Lua
}

// Texts returns the texts of persisted queries.
func (s *Store) Texts() Texts {
	return Texts{s, valkey.NewLuaScript(findTextScript), valkey.NewLuaScript(addTextScript)}
}

// Find returns the text with this hash.
func (t Texts) Find(ctx context.Context, hash string) (text string, ok bool) {
	answer, ok := t.ask(ctx, UseTexts, exec(t.find, textsKey, hash, strconv.Itoa(maxText)))
	if !ok || answer.IsNil() {
		return "", false
	}
	text, err := answer.ToString()
	if sum := sha256.Sum256([]byte(text)); err != nil || hex.EncodeToString(sum[:]) != hash {
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
	t.tell(UseTexts, exec(t.add, textsKey, hash, text, maxTexts, textsLife))
}
