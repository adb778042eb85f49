package rest

import (
	"context"
)

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
