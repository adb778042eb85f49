package rest

import (
	"context"
	"math"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Limits limits the calls of one operation, because the API limits the rate of each user.
type Limits struct {
	// Calls is the maximum number of calls. Further ones fail with BudgetExceeded. Zero means no limit.
	Calls int
	// Parallel is the maximum number of calls in flight. Further ones wait. Zero means no limit.
	Parallel int
}

type limiter struct {
	limits Limits
	used   atomic.Int64
	slots  *semaphore.Weighted
}

func newLimiter(limits Limits) *limiter {
	l := &limiter{limits: limits}
	if limits.Parallel > 0 {
		l.slots = semaphore.NewWeighted(int64(limits.Parallel))
	}
	return l
}

// left returns the number of remaining calls.
func (l *limiter) left() int {
	if l.limits.Calls <= 0 {
		return math.MaxInt
	}
	return max(l.limits.Calls-int(l.used.Load()), 0)
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
