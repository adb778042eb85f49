package rest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"mstudio-graphql/rest/budget"
)

const (
	// maxRequests is the maximum number of requests of a call. Attempts without a connection are not requests.
	maxRequests = 3
	// maxUnsent is the maximum number of attempts of a call without any connection. They take 1.1 s to 2.3 s if the API
	// refuses connections.
	maxUnsent = 8
	// maxConnecting limits the time for these attempts if they take long themselves.
	maxConnecting = 5 * time.Second
	// minAttempt is the time that must remain until the deadline for a retry after a timeout.
	minAttempt = time.Second
)

// withRetry retries failed attempts by the rules in the package documentation.
func withRetry(next handler, budgets *retryBudgets) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		route, began := budgets.enter(c), time.Now()
		defer budgets.leave(route)
		release := func() {}
		for tries := 1; ; tries++ {
			got, err := next(ctx, c)
			release()
			failure, failed := errors.AsType[*Error](err)
			if !failed {
				return got, err
			}
			wait, canHelp := c.retryWait(ctx, failure, tries, began)
			if !canHelp {
				return got, err
			}
			if !sleep(ctx, wait) {
				return nil, c.fail(contextCode(ctx), ctx.Err())
			}
			if release, canHelp = budgets.acquire(ctx, route, c, failure); !canHelp {
				return nil, err
			}
		}
	}
}

// retryWait reports whether another attempt can help, and how long to wait before it.
func (c *call) retryWait(ctx context.Context, failure *Error, tries int, began time.Time) (time.Duration, bool) {
	if c.attempts >= maxRequests || ctx.Err() != nil || c.upload != nil { // the content of an upload cannot be read twice
		return 0, false
	}
	if c.isWrite() && c.sent && failure.Code != RateLimited {
		return 0, false
	}
	switch {
	case failure.Code == RateLimited: // the next attempt waits for room in the rate limit
		return 0, c.mayWait && failure.Status != 0 && tries < maxRequests && min(timeLeft(ctx), budget.MaxWait) > failure.RetryAfter
	case failure.Code == TimedOut && failure.Status == 0:
		return spread(0, 100*time.Millisecond), tries < maxRequests && timeLeft(ctx) >= minAttempt
	case failure.Code != Unavailable || !isTemporary(failure.Status) || errors.Is(failure, errBreakerOpen):
		return 0, false
	case failure.Status == 0 && !c.sent:
		wait := min(50*time.Millisecond<<tries, 400*time.Millisecond)
		return spread(wait/2, wait/2), tries < maxUnsent && time.Since(began) < maxConnecting
	}
	wait := c.outageWait(failure)
	return wait, timeLeft(ctx) > wait
}

// outageWait returns the wait after a request that failed. The second wait is longer than most restarts. The first one is
// short after a broken connection, because often only that connection was outdated. A 503 proves that there is no server,
// so it is longer.
func (c *call) outageWait(failure *Error) time.Duration {
	switch {
	case c.attempts == maxRequests-1:
		return spread(time.Second, 500*time.Millisecond)
	case failure.Status != 0:
		return spread(300*time.Millisecond, 100*time.Millisecond)
	}
	return spread(0, 100*time.Millisecond)
}

// spread returns a random time of at least base and less than base and width together, so that calls that failed
// together do not retry together.
func spread(base, width time.Duration) time.Duration {
	return base + rand.N(width) //nolint:gosec // only spreads the load
}

// isTemporary reports whether a 5xx status is likely to be temporary. Zero stands for no response.
func isTemporary(status int) bool {
	switch status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

const (
	// minRetries is the number of concurrent retries that a route always has. With more than 50 calls in flight, it has a
	// fifth of their number.
	minRetries = 10
	retryShare = 5
	// maxRetryQueue is how long a retry waits for its turn.
	maxRetryQueue = 3 * time.Second
)

// retryBudgets limits the concurrent retries of each route, so that retries do not overload a struggling API. The limit
// grows with the calls in flight, as after a restart all of them need a retry; the others wait for their turn.
type retryBudgets struct {
	mu     sync.Mutex
	routes map[routeKey]*retryBudget
}

type retryBudget struct {
	calls int
	// retries counts the running retries by the broken connection that caused them, or by their call. All calls on one
	// HTTP/2 connection fail with it, so they need only one place.
	retries map[any]int
}

func newRetryBudgets() *retryBudgets { return &retryBudgets{routes: map[routeKey]*retryBudget{}} }

func (b *retryBudgets) enter(c *call) *retryBudget {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := routeKey{c.method, c.route}
	route := b.routes[key]
	if route == nil {
		route = &retryBudget{retries: map[any]int{}}
		b.routes[key] = route
	}
	route.calls++
	return route
}

func (b *retryBudgets) leave(route *retryBudget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	route.calls--
}

// acquire waits for the turn of a retry. A retry after a 429 needs none, because that limit belongs to a single caller. A
// retry after a timeout does not wait, because the route may hang.
func (b *retryBudgets) acquire(ctx context.Context, route *retryBudget, c *call, failure *Error) (release func(), ok bool) {
	if failure.Code == RateLimited {
		return func() {}, true
	}
	var cause any = c
	if c.sent && failure.Code == Unavailable && failure.Status == 0 {
		cause = c.conn
	}
	for began := time.Now(); !b.take(route, cause); {
		if failure.Code == TimedOut || time.Since(began) > maxRetryQueue || timeLeft(ctx) < minAttempt || !sleep(ctx, spread(20*time.Millisecond, 20*time.Millisecond)) {
			return nil, false
		}
	}
	return func() { b.release(route, cause) }, true
}

func (b *retryBudgets) take(route *retryBudget, cause any) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if route.retries[cause] == 0 && len(route.retries) >= max(minRetries, route.calls/retryShare) {
		return false
	}
	route.retries[cause]++
	return true
}

func (b *retryBudgets) release(route *retryBudget, cause any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	route.retries[cause]--
	if route.retries[cause] == 0 {
		delete(route.retries, cause)
	}
}
