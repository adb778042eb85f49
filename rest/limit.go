package rest

import (
	"context"
	"math"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Limits bounds what one operation may do to the API, which limits the rate of each user.
type Limits struct {
	// Calls is how many calls may be made in all; further ones fail with BudgetExceeded. 0: no limit.
	Calls int
	// Parallel is how many calls may be in flight at once; further ones wait. 0: no limit.
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

// left returns how many calls there are to make.
func (l *limiter) left() int {
	if l.limits.Calls <= 0 {
		return math.MaxInt
	}
	return max(l.limits.Calls-int(l.used.Load()), 0)
}

// withLimit counts a call and lets it pass when a slot is free.
func withLimit(next handler) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
		l := c.client.limits
		if l.slots != nil {
			if err := l.slots.Acquire(ctx, 1); err != nil {
				return nil, c.fail(contextCode(ctx), err)
			}
			defer l.slots.Release(1)
		}
		if used := l.used.Add(1); l.limits.Calls > 0 && used > int64(l.limits.Calls) {
			l.used.Add(-1)
			return nil, c.fail(BudgetExceeded, nil)
		}
		return next(ctx, c)
	}
}
