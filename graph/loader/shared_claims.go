package loader

import (
	"context"
	"time"
)

// SharedClaims holds the claims of writes for all replicas. It must be safe for concurrent use.
type SharedClaims interface {
	// Take claims a key for some time, or returns what its claim has come to. It waits for some milliseconds at most.
	Take(ctx context.Context, key [32]byte, life time.Duration) SharedClaim
}

// ClaimState is what has become of a claim.
type ClaimState int

// The states.
const (
	// ClaimLocal means that there was no answer. The claims of this replica decide.
	ClaimLocal ClaimState = iota
	// ClaimNew means that the key is claimed now.
	ClaimNew
	// ClaimRunning means that another replica is writing.
	ClaimRunning
	// ClaimEnded means that the write has ended with a result.
	ClaimEnded
)

// SharedClaim is a claim that all replicas know.
type SharedClaim struct {
	State ClaimState
	// Freed reports that the last write of a new claim has changed nothing.
	Freed bool
	// Left is how long a running claim is still kept.
	Left time.Duration
	// Result is that of a claim that has ended.
	Result []byte
	// End must be called at the end of a new or local claim. It keeps for some time the result, which is sealed. If the result is
	// nil, the next write may claim the key. It does not wait, and changes no claim of another replica.
	End func(result []byte, life time.Duration)
}
