package rest

import (
	"crypto/rand"
	"crypto/sha256"
)

// callerKey identifies the owner of a token by a keyed hash, so that memory reveals no token. The callers without a token
// share one key.
type callerKey [sha256.Size]byte

// callerHash returns a function that hashes tokens with a key, or with a random one if it is empty.
func callerHash(key []byte) func(Token) callerKey {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // documented never to fail
	}
	return func(token Token) callerKey {
		var room [128]byte // most tokens fit
		return sha256.Sum256(append(append(room[:0], key...), token.reveal()...))
	}
}
