package rest

import (
	"context"
	"sync"
	"time"
)

// deadlines gives attempts their deadlines. Those of one operation that begin at about the same time share one: each would
// otherwise set up a timer and tell the operation where to find it, and take both back a moment later.
type deadlines struct {
	mu     sync.Mutex
	shared context.Context //nolint:containedctx // it is what is shared
	done   <-chan struct{} // of what the shared one was made from
	until  time.Time       // that it is given to those who come
	cancel context.CancelFunc
}

// sharedPart is the part of its time that an attempt may do without, because it shares a deadline.
const sharedPart = 100

// bounded returns a context for one attempt, which ends with ctx or after the timeout, at most a hundredth of it earlier.
// It has the values of another attempt of the same operation, and needs not be cancelled: it ends with the operation.
func (a *deadlines) bounded(ctx context.Context, timeout time.Duration) context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if a.shared == nil || a.done != ctx.Done() || now.After(a.until) {
		a.shared, a.cancel = context.WithTimeout(ctx, timeout) //nolint:gosec // it ends with the operation
		a.done, a.until = ctx.Done(), now.Add(timeout/sharedPart)
	}
	return a.shared
}
