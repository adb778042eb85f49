package rest

import (
	"context"
	"time"

	"mstudio-graphql/rest/budget"
)

// Usage describes the calls of one operation.
type Usage struct {
	// Calls is the number of calls that were made, and Shared how many further ones got the response to an equal call of
	// another operation.
	Calls, Shared int
	// Waited is the time that its calls have waited for the rate limit, all together.
	Waited time.Duration
	// Lane is the priority that the rate limit gave its reads. Rejected is the reason why the rate limit has rejected the
	// operation or one of its calls, empty if it has not.
	Lane     budget.Lane
	Rejected budget.Reason
}

// Usage returns what was used since WithLimits, through this copy and the copies derived from it.
func (c *Client) Usage() Usage {
	usage := Usage{Calls: c.Calls(), Shared: int(c.limits.shared.Load()), Waited: c.operation.Waited()}
	if !c.token.IsZero() {
		usage.Lane, usage.Rejected = c.budget().Outcome(c.operation)
	}
	return usage
}

// RateLimit returns the caller's rate limit as the API's last responses have shown it, or nil if it is unknown.
func (c *Client) RateLimit() *budget.State {
	if c.token.IsZero() {
		return nil
	}
	return c.budget().State()
}

// Need returns the number of calls that the caller's last operation of this shape made, or 0 if it is unknown.
func (c *Client) Need(shape uint64) int { return c.budget().Need(shape) }

// Reserve waits until the caller's rate limit has room for the calls of an operation. If it has none before the context's
// deadline, the error has RateLimited and the operation makes no call. onWait is called before a wait. Settle must be
// called when the operation ends.
func (c *Client) Reserve(ctx context.Context, calls int, onWait func()) error {
	if err := c.budget().Admit(ctx, c.operation, calls, onWait); err != nil {
		return errorOf(ctx, err)
	}
	return nil
}

// Claim waits until the rate limit has room for further calls of an operation that has started, or returns an error with
// RateLimited.
func (c *Client) Claim(ctx context.Context, calls int) error {
	if c.token.IsZero() {
		return nil
	}
	if err := c.budget().Claim(ctx, c.operation, calls); err != nil {
		return errorOf(ctx, err)
	}
	return nil
}

// Settle gives back the room that an operation has not used, and remembers what operations of this shape need, unless it is 0. It
// must be called after the last Claim.
func (c *Client) Settle(shape uint64) {
	if c.token.IsZero() {
		return
	}
	c.budget().Release(c.operation, shape, int(c.limits.shared.Load()))
}

// Refuse makes the caller's calls wait, because another replica has met a 429. It does nothing for a caller without calls here.
func (c *Client) Refuse(caller SharedCaller, wait time.Duration) {
	if known := c.budgets.find(caller); known != nil {
		known.Refuse(wait)
	}
}

// Refresh makes reads of the caller that begin from now on share no call that began before, as after a write. A client that learns of
// a change reads what has changed, and must not get what it was before.
func (c *Client) Refresh() {
	if !c.token.IsZero() {
		c.budget().Wrote()
	}
}

// Wait returns when no call since WithLimits is in flight, or when ctx ends. It needs Limits.Parallel.
func (c *Client) Wait(ctx context.Context) {
	if slots, all := c.limits.slots, int64(c.limits.limits.Parallel); slots != nil && slots.Acquire(ctx, all) == nil {
		slots.Release(all)
	}
}
