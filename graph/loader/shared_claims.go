package loader

import (
	"context"
	"time"
)

// SharedClaims holds the claims of writes with an idempotency key for all replicas. It must be safe for concurrent use.
type SharedClaims interface {
	// Take claims a key, or returns what its claim has come to. It waits for some milliseconds at most.
	Take(ctx context.Context, key [32]byte) SharedClaim
	// End ends a claim that Take returned as new: with a result, which is sealed, or nil if the next write may claim the key. It
	// does not wait.
	End(key [32]byte, result []byte)
}

// ClaimState is what has become of a claim.
type ClaimState int

// The states.
const (
	// ClaimLocal means that there was no answer. The claims of this replica decide.
	ClaimLocal ClaimState = iota
	// ClaimNew means that the key is claimed now. The caller must end the claim.
	ClaimNew
	// ClaimRunning means that another replica is writing.
	ClaimRunning
	// ClaimEnded means that the write has ended with a result.
	ClaimEnded
)

// SharedClaim is a claim that all replicas know.
type SharedClaim struct {
	State ClaimState
	// Age is how long ago a running claim was taken.
	Age time.Duration
	// Result is that of a claim that has ended.
	Result []byte
}
