package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"mstudio-graphql/graph/model"
)

// persistedBytes is the approximate memory of a persisted query in bytes, without its text.
const persistedBytes = 200

// persisted is a text that a client has registered.
type persisted struct {
	text  string
	added time.Time // to those that replicas share
}

// Request is the part of a GraphQL request that selects the document.
type Request struct {
	Text   string // empty if the client sent only an ID
	ID     string // empty if the client sent only a text
	Client string // the client's name for itself
}

// Resolve returns the text of a request's document. An error is a [*model.Error].
func (s *Store) Resolve(ctx context.Context, of Request) (string, error) {
	text, id := of.Text, of.ID
	switch {
	case text == "":
		return s.find(ctx, of.Client, keyOf(id))
	case s.trusted.Load().rejects(of.Client, text):
		return "", &model.Error{Code: model.CodeForbidden, Message: "Only trusted documents are executed."}
	case id != "" && keyOf(id) != hashOf(text):
		return "", model.BadInput("`sha256Hash` must be the SHA-256 hash of `query` in hexadecimal.")
	}
	return text, nil
}

func (s *Store) find(ctx context.Context, client, key string) (string, error) {
	if text, found := s.trusted.Load().find(client, key); found {
		return text, nil
	}
	if known, found := s.persisted.Get(key); found {
		return known.text, nil
	}
	if text, found := s.findShared(ctx, key); found {
		return text, nil
	}
	// Apollo Client and urql match these messages.
	if !s.persists && !s.trusted.Load().exist() {
		return "", &model.Error{Code: model.CodePersistedQueryUnsupported, Message: "PersistedQueryNotSupported"}
	}
	return "", &model.Error{Code: model.CodePersistedQueryNotFound, Message: "PersistedQueryNotFound"}
}

// persist stores a text under its hash. It does not store a trusted document under another ID, because that of another client may
// have the same, and the operator may have removed the document since the client requested it.
func (s *Store) persist(key, text string) {
	if trusted := s.trusted.Load(); key == "" || trusted.only || trusted.all.has(key) {
		return
	}
	known, found := s.persisted.Peek(key)
	if found && (s.shared == nil || time.Since(known.added) < shareEvery) || key != hashOf(text) {
		return
	}
	s.persisted.Add(key, persisted{text, time.Now()}, func(persisted) bool { return true })
	s.share(key, text)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
