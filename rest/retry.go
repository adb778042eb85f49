package rest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	maxRetries = 2
	firstWait  = 100 * time.Millisecond
	// maxRateWait is the longest announced wait that is waited out instead of being passed on.
	maxRateWait = 2 * time.Second
	// minAttempt is what must be left until the deadline for another attempt after one that timed out.
	minAttempt = 3 * time.Second
)

// withRetry tries calls again; the package documentation says when.
func withRetry(next handler, budget *retryBudget) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
		budget.earn()
		for attempt := 0; ; attempt++ {
			got, err := next(ctx, c)
			if err == nil || attempt == maxRetries {
				return got, err
			}
			wait, worth := retryWait(ctx, c, err, attempt)
			if !worth || !hasCode(err, RateLimited) && !budget.spend() { // who waits as told takes nothing from others
				return nil, err
			}
			if !sleep(ctx, wait) {
				return nil, c.fail(contextCode(ctx), ctx.Err())
			}
		}
	}
}

// retryWait decides whether another attempt can help, and how long to wait before it.
func retryWait(ctx context.Context, c *call, err error, attempt int) (time.Duration, bool) {
	var failure *Error
	if !errors.As(err, &failure) || ctx.Err() != nil || c.upload != nil { // a file cannot be read again
		return 0, false
	}
	if c.isWrite() && c.sent.Load() && failure.Code != RateLimited {
		return 0, false
	}
	wait := rand.N(firstWait << attempt) //nolint:gosec // it only spreads the load
	switch {
	case failure.Code == RateLimited:
		return failure.RetryAfter, failure.RetryAfter > 0 && failure.RetryAfter <= maxRateWait && timeLeft(ctx) > failure.RetryAfter
	case failure.Code == TimedOut && failure.Status == 0:
		return wait, timeLeft(ctx) >= minAttempt
	case failure.Code == Unavailable:
		return wait, isPassing(failure.Status) && !errors.Is(err, errBreakerOpen)
	}
	return 0, false
}

// isPassing reports whether a status of the 5xx says that the API is away for a moment; 0 stands for no answer.
func isPassing(status int) bool {
	switch status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Hour
	}
	return time.Until(deadline)
}

// retryBudget is a token bucket over all callers: each call earns a tenth of a retry. Those after a 429 are not paid
// for from it: the limit is a caller's own.
type retryBudget struct {
	mu     sync.Mutex
	tenths int
}

const maxRetryTenths = 100

func newRetryBudget() *retryBudget { return &retryBudget{tenths: maxRetryTenths} }

func (b *retryBudget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tenths = min(b.tenths+1, maxRetryTenths)
}

func (b *retryBudget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tenths < 10 {
		return false
	}
	b.tenths -= 10
	return true
}
