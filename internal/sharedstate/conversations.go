package sharedstate

import (
	"slices"

	"github.com/google/uuid"
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
