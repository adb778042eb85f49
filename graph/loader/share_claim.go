package loader

import (
	"context"
	"errors"
	"time"
)

const (
	// claimPoll is the time between two looks at the claim of another replica.
	claimPoll = 100 * time.Millisecond
	// claimGrace is how long a replica may take to share the result of a write after the deadline of its operation.
	claimGrace = 10 * time.Second
)

// ErrRunning means that another replica is still making the write with this idempotency key.
var ErrRunning = errors.New("loader: idempotency key of a running write")

// share claims the key of a new claim on all replicas. If another one has claimed it, share waits for the result and returns
// it, or lost if the result will never be known. The error is [ErrRunning] if the write takes longer than this operation may.
func (c *Claims) share(ctx context.Context, claimed *claim, lost claimResult) (result claimResult, isElsewhere bool, err error) {
	for waited := false; c.Shared != nil; waited = true {
		found := c.Shared.Take(context.WithoutCancel(ctx), claimed.key, timeLeft(ctx)+claimTime)
		if result, ok := decodeResult(found); ok {
			return result, true, nil
		}
		isRunning := found.State == ClaimRunning
		switch {
		case found.State == ClaimNew:
			claimed.endShared = found.End
			return lost, waited && !found.Freed, nil // the server may have lost the claim that was running
		case isRunning && found.Left < claimTime-claimGrace: // its replica has died
			return lost, true, nil
		case !isRunning && !waited:
			claimed.endShared, claimed.isLocal = found.End, true
			return lost, false, nil
		}
		if err := waitForClaim(ctx); err != nil {
			return lost, false, err
		}
	}
	return lost, false, nil
}

func waitForClaim(ctx context.Context) error {
	if timeLeft(ctx) <= 2*claimPoll {
		return ErrRunning
	}
	select {
	case <-time.After(claimPoll):
		return nil
	case <-ctx.Done():
		return errUnknown()
	}
}

// timeLeft returns the time until the deadline of an operation, which always has one outside of tests.
func timeLeft(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return max(time.Until(deadline), 0)
	}
	return time.Minute
}

// shareAfter claims the key of a message after another one on all replicas. It returns false if another replica has sent one or
// is sending it. It looks twice, because the end of a message that was not sent takes a moment to arrive. The claim of a replica
// that dies ends with the deadline of its operation, so that it blocks no other message.
func (c *Claims) shareAfter(ctx context.Context, claimed *claim) bool {
	for waited := false; c.Shared != nil; waited = true {
		found := c.Shared.Take(context.WithoutCancel(ctx), claimed.key, max(timeLeft(ctx), time.Second))
		switch {
		case found.State == ClaimNew, found.State == ClaimLocal:
			claimed.endShared = found.End
			return true
		case found.State == ClaimEnded, waited, waitForClaim(ctx) != nil:
			return false
		}
	}
	return true
}
