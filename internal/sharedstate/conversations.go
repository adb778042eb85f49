package sharedstate

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/valkey-io/valkey-go"
)

const (
	// conversations is the channel of hints about conversations. A message has the name of the replica that has sent it and the
	// conversations' IDs, encrypted.
	conversations = prefix + "c"
	// idLength is the length of an ID in a message.
	idLength = len(uuid.UUID{})
	// maxConversations limits the IDs in a message.
	maxConversations = 100
)

// Hint passes on a hint about conversations to the other replicas.
func (l Leases) Hint(conversationIDs []string) {
	for ids := range slices.Chunk(conversationIDs, maxConversations) {
		message := l.hints.sealer.Seal(nil, nil, packIDs(l.replica, ids), nil) //nolint:gosec // this cipher generates its own nonce
		l.tell(UseHints, func(ctx context.Context, client valkey.Client) valkey.ValkeyResult {
			return client.Do(ctx, client.B().Publish().Channel(conversations).Message(string(message)).Build())
		})
	}
}

// ListenHints sets the function that is called for each hint about conversations that another replica passes on.
func (l Leases) ListenHints(hinted func(conversationIDs []string)) { l.hints.hinted.Store(&hinted) }

// receiveConversations handles a hint about conversations. Without the share key, nobody can send a valid one.
func (s *Store) receiveConversations(message string) {
	var text []byte
	if len(message) <= s.hints.sealer.Overhead()+tokenLength+maxConversations*idLength {
		text, _ = s.hints.sealer.Open(nil, nil, []byte(message), nil)
	}
	if len(text) < tokenLength || (len(text)-tokenLength)%idLength != 0 {
		s.garbage(UseHints)
		return
	}
	if hinted := s.hints.hinted.Load(); hinted != nil && string(text[:tokenLength]) != s.replica {
		(*hinted)(unpackIDs(text[tokenLength:]))
	}
}

// packIDs returns the replica's name and the IDs of conversations. Others than UUIDs are left out.
func packIDs(replica string, ids []string) []byte {
	packed := []byte(replica)
	for _, text := range ids {
		if id, err := uuid.Parse(text); err == nil {
			packed = append(packed, id[:]...)
		}
	}
	return packed
}

func unpackIDs(packed []byte) (ids []string) {
	for id := range slices.Chunk(packed, idLength) {
		ids = append(ids, uuid.UUID(id).String())
	}
	return ids
}
