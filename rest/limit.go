package rest

import (
	"context"
	"math"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"mstudio-graphql/rest/budget"
)

// Limits limits the calls of one operation, because the API limits the rate of each user.
type Limits struct {
	// Calls is the maximum number of calls. Further ones fail with BudgetExceeded. Zero means no limit.
	Calls int
	// Parallel is the maximum number of calls in flight. Further ones wait. Zero means no limit.
	Parallel int
	// Memory counts the bytes of responses and of what is decoded from them. A call for which none are left fails with Canceled.
	// Nil means no limit.
	Memory Memory
	// Batch lets the calls of the caller's other operations go first when the rate limit is short.
	Batch bool
	// Live is for polls: they go before batches, and spend at most a part of the rate limit.
	Live bool
}

// Memory counts bytes.
type Memory interface {
	// Reserve returns an error if no more bytes may be taken.
	Reserve(bytes int) error
	// Release returns reserved bytes.
	Release(bytes int)
}

// noMemory is a [Memory] without a limit.
type noMemory struct{}

// Reserve returns nil.
func (noMemory) Reserve(int) error { return nil }

// Release does nothing.
func (noMemory) Release(int) {}

type limiter struct {
	limits Limits
	used   atomic.Int64
	shared atomic.Int64 // calls that another operation made
	slots  *semaphore.Weighted
}

func newLimiter(limits Limits) *limiter {
	l := &limiter{limits: limits}
	if limits.Memory == nil {
		l.limits.Memory = noMemory{}
	}
	if limits.Parallel > 0 {
		l.slots = semaphore.NewWeighted(int64(limits.Parallel))
	}
	return l
}

func newOperation(limits Limits) *budget.Operation {
	switch {
	case limits.Batch:
		return budget.NewBatch()
	case limits.Live:
		return budget.NewPoll()
	}
	return budget.NewOperation()
}

// left returns the number of remaining calls.
func (l *limiter) left() int {
	if l.limits.Calls <= 0 {
		return math.MaxInt
	}
	return max(l.limits.Calls-int(l.used.Load()), 0)
}

// Wait returns when no call since WithLimits is in flight, or when ctx ends. It needs Limits.Parallel.
func (c *Client) Wait(ctx context.Context) {
	if slots, all := c.limits.slots, int64(c.limits.limits.Parallel); slots != nil && slots.Acquire(ctx, all) == nil {
		slots.Release(all)
	}
}

// withLimit waits for a free slot of the operation.
func withLimit(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		l := c.session.limits
		if l.slots != nil {
			if err := l.slots.Acquire(ctx, 1); err != nil {
				return nil, c.fail(contextCode(ctx), err)
			}
			defer l.slots.Release(1)
		}
		return next(ctx, c)
	}
}

// withCount counts the call, and rejects it if it exceeds the operation's limit.
func withCount(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		l := c.session.limits
		if used := l.used.Add(1); l.limits.Calls > 0 && used > int64(l.limits.Calls) {
			l.used.Add(-1)
			return nil, c.fail(BudgetExceeded, nil)
		}
		return next(ctx, c)
	}
}
