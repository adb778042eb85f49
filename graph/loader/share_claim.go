package loader

import (
	"context"
	"time"
)

const (
	// claimPoll is the time between two looks at the claim of another replica.
	claimPoll = 100 * time.Millisecond
	// claimGrace is how long a replica may take to share the result of a write after the deadline of its operation.
	claimGrace = 10 * time.Second
	// freedTime is how long replicas can see that a write has changed nothing. It must be long enough for those that wait.
	freedTime = 10 * time.Second
)

// share claims the key of a new claim on all replicas. If another one has claimed it, share waits for the result and returns
// it, or lost if the result will never be known. The error is [ErrRunning] if the write takes longer than this operation may.
func (c *Claims) share(ctx context.Context, claimed *claim, lost claimResult) (elsewhere *claimResult, err error) {
	for waited := false; c.Shared != nil; waited = true {
		found := c.Shared.Take(context.WithoutCancel(ctx), claimed.key, timeLeft(ctx)+claimTime)
		result := decodeResult(found)
		switch {
		case result != nil:
			return result, nil
		case found.State == ClaimNew && (found.Freed || !waited):
			claimed.endShared = found.End
			return nil, nil
		case found.State == ClaimNew: // the server has lost the claim of another replica, which may have written
			claimed.endShared = found.End
			return &lost, nil
		case found.State == ClaimRunning && found.Left < claimTime-claimGrace: // the other replica has died
			return &lost, nil
		case found.State != ClaimRunning && !waited:
			claimed.endShared, claimed.isLocal = found.End, true
			return nil, nil
		}
		if err := waitForClaim(ctx); err != nil {
			return nil, err
		}
	}
	return nil, nil
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
// is sending it. A replica that has died is not waited for.
func (c *Claims) shareAfter(ctx context.Context, claimed *claim) bool {
	if c.Shared == nil {
		return true
	}
	found := c.Shared.Take(context.WithoutCancel(ctx), claimed.key, max(timeLeft(ctx), time.Second))
	if found.State == ClaimRunning || found.State == ClaimEnded {
		return false
	}
	claimed.endShared = found.End
	return true
}
