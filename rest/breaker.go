package rest

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// errBreakerOpen is the cause of an Unavailable error that was answered without asking the API.
var errBreakerOpen = errors.New("circuit breaker is open")

// broken answers at once while the API is down: after half of at least 20 calls within 10 s have failed, for 5 s,
// until one probe succeeds. One breaker serves all callers, so nothing that a single caller can provoke counts
// against it: no 4xx, and no call that the caller gave up.
func broken(next handler) handler {
	breaker := gobreaker.NewCircuitBreaker[*answer](gobreaker.Settings{
		MaxRequests:  1,
		Interval:     10 * time.Second,
		BucketPeriod: time.Second,
		Timeout:      5 * time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			// Requests would include those that are excluded and those that are in flight.
			ended := counts.TotalSuccesses + counts.TotalFailures
			return ended >= 20 && counts.TotalFailures*2 >= ended
		},
		IsSuccessful: func(err error) bool { return !hasCode(err, Unavailable, TimedOut) },
		IsExcluded:   func(err error) bool { return hasCode(err, Canceled, Expired) },
	})
	return func(ctx context.Context, c *call) (*answer, error) {
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
