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
	// maxRateWait is the longest wait announced by the API that a retry waits for. After a longer one the call fails.
	maxRateWait = 2 * time.Second
	// minAttempt is the time that must remain until the deadline for a retry after a timeout.
	minAttempt = time.Second
)

// withRetry retries failed attempts by the rules in the package documentation.
func withRetry(next handler, budget *retryBudget) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		budget.earn()
		for attempt := 0; ; attempt++ {
			got, err := next(ctx, c)
			if err == nil || attempt == maxRetries {
				return got, err
			}
			wait, canHelp := retryWait(ctx, c, err, attempt)
			if !canHelp || !hasCode(err, RateLimited) && !budget.spend() { // a wait that the API announced takes nothing from other callers
				return nil, err
			}
			if !sleep(ctx, wait) {
				return nil, c.fail(contextCode(ctx), ctx.Err())
			}
		}
	}
}

// retryWait reports whether another attempt can help, and how long to wait before it.
func retryWait(ctx context.Context, c *call, err error, attempt int) (time.Duration, bool) {
	var failure *Error
	if !errors.As(err, &failure) || ctx.Err() != nil || c.upload != nil { // the content of an upload cannot be read twice
		return 0, false
	}
	if c.isWrite() && c.sent && failure.Code != RateLimited {
		return 0, false
	}
	wait := rand.N(firstWait << attempt) //nolint:gosec // only spreads the load
	switch {
	case failure.Code == RateLimited:
		return failure.RetryAfter, failure.RetryAfter > 0 && failure.RetryAfter <= maxRateWait && timeLeft(ctx) > failure.RetryAfter
	case failure.Code == TimedOut && failure.Status == 0:
		return wait, timeLeft(ctx) >= minAttempt
	case failure.Code == Unavailable:
		return wait, isTemporary(failure.Status) && !errors.Is(err, errBreakerOpen)
	}
	return 0, false
}

// isTemporary reports whether a 5xx status is likely to be temporary. Zero stands for no response.
func isTemporary(status int) bool {
	switch status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryBudget is a token bucket shared by all callers: each call earns a tenth of a retry. A retry after a 429 is free,
// because that limit belongs to a single caller.
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
