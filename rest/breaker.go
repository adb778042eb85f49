package rest

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// errBreakerOpen is the cause of an Unavailable error that was answered without asking the API.
var errBreakerOpen = errors.New("circuit breaker is open")

// BreakerState says whether calls get through to the API.
type BreakerState string

// The states of the breaker.
const (
	BreakerClosed   BreakerState = "closed"    // they do
	BreakerHalfOpen BreakerState = "half-open" // one does, to find out
	BreakerOpen     BreakerState = "open"      // none does
)

// Breaker returns the state that all clients share that are derived from one.
func (c *Client) Breaker() BreakerState {
	switch c.breaker.State() {
	case gobreaker.StateOpen:
		return BreakerOpen
	case gobreaker.StateHalfOpen:
		return BreakerHalfOpen
	default:
		return BreakerClosed
	}
}

// newBreaker returns a breaker that answers at once while the API is down: after half of at least 20 calls of about the
// last 10 s have failed, for 5 s, until one probe succeeds. A call counts from its start, so the time that an attempt may
// take comes on top: failures of an API that hangs would be forgotten before they are known. One breaker serves all callers, so nothing that a single caller can
// provoke counts against it: no 4xx, no call that the caller gave up, and no upload of a file that could not be read.
func newBreaker(attempt time.Duration) *gobreaker.CircuitBreaker[*answer] {
	return gobreaker.NewCircuitBreaker[*answer](gobreaker.Settings{
		MaxRequests:  1,
		Interval:     attempt.Truncate(time.Second) + 11*time.Second, // whole buckets
		BucketPeriod: time.Second,
		Timeout:      5 * time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			// Requests would include those that are excluded and those that are in flight.
			ended := counts.TotalSuccesses + counts.TotalFailures
			return ended >= 20 && counts.TotalFailures*2 >= ended
		},
		IsSuccessful: func(err error) bool { return !hasCode(err, Unavailable, TimedOut) || isRefusal(err) },
		IsExcluded:   func(err error) bool { return hasCode(err, Canceled, Expired, BadInput) && !isRefusal(err) },
	})
}

// isRefusal reports whether the API has answered with a 4xx. A 412 is one, although its code is TimedOut: it may come of
// an event that the caller has made up.
func isRefusal(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Status/100 == 4
}

// withBreaker asks the breaker before each attempt. An upload is never the probe, because it lasts as long as its file takes to
// arrive, and all others would wait for that. The call for its token has been one.
func withBreaker(next handler, breaker *gobreaker.CircuitBreaker[*answer]) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
		if c.upload != nil && breaker.State() != gobreaker.StateClosed {
			return nil, c.fail(Unavailable, errBreakerOpen)
		}
		got, err := breaker.Execute(func() (*answer, error) { return next(ctx, c) })
		if err == nil {
			return got, nil
		}
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return nil, c.fail(Unavailable, errBreakerOpen)
		}
		return got, err
	}
}
