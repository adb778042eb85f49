package rest

import (
	"context"
	"time"
)

// SharedCaller identifies the owner of a token on all replicas with the same Config.CallerKey.
type SharedCaller [16]byte

// SharedRate is what a replica knows about the window of a caller's rate limit.
type SharedRate struct {
	// Limit is the number of calls per window, and Remaining how many of them are left.
	Limit, Remaining int
	// Claims is how many of these are claimed by operations of other replicas that need many.
	Claims int
	// Reset is the time until the window ends.
	Reset time.Duration
}

// SharedRates shares the callers' rate limits among replicas. A lost entry costs calls and nothing else, so no method returns
// an error. It must be safe for concurrent use.
type SharedRates interface {
	// Find returns what any replica has seen last, and waits for it for some milliseconds at most. ok is false without an
	// answer, or if no replica knows the caller's window.
	Find(ctx context.Context, caller SharedCaller) (rate SharedRate, ok bool)
	// Saw shares what a response has shown. It does not wait.
	Saw(caller SharedCaller, rate SharedRate)
	// Refused tells the other replicas that mStudio has answered 429. It does not wait.
	Refused(caller SharedCaller, wait time.Duration)
	// Claim adds calls to those that this replica has claimed, or gives them back if the number is negative. It does not wait.
	Claim(caller SharedCaller, calls int)
}

// SharedCaller returns the caller's identity on all replicas.
func (c *Client) SharedCaller() SharedCaller {
	caller := c.caller()
	return SharedCaller(caller[:len(SharedCaller{})])
}
