package rest

import (
	"context"
	"errors"
	"sync"
	"time"
)

// deadlines creates the deadlines of attempts. Attempts of one operation that start at about the same time share one,
// because each deadline costs a timer and a registration with the operation's context.
type deadlines struct {
	mu     sync.Mutex
	shared context.Context //nolint:containedctx // shared by design
	done   <-chan struct{} // Done channel of shared's parent
	until  time.Time       // last start of an attempt that uses shared
	cancel context.CancelFunc
}

// sharedPart is the fraction of its timeout that an attempt may lose by sharing a deadline.
const sharedPart = 100

// bounded returns a context for one attempt. It ends with ctx or after the timeout, at most a hundredth of it earlier.
// It carries the values of another attempt of the operation and need not be canceled, because it ends with the
// operation.
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

func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Hour
	}
	return time.Until(deadline)
}

func contextCode(ctx context.Context) Code {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Canceled
	}
	return Expired
}
