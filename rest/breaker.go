package rest

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/sony/gobreaker/v2"
)

// errBreakerOpen is the cause of an Unavailable error that the breaker returned without an attempt.
var errBreakerOpen = errors.New("circuit breaker is open")

// BreakerState is the state of the circuit breaker.
type BreakerState string

// The states of the breaker.
const (
	BreakerClosed   BreakerState = "closed"    // calls reach the API
	BreakerHalfOpen BreakerState = "half-open" // one probe reaches the API
	BreakerOpen     BreakerState = "open"      // no call reaches the API
)

func breakerState(state gobreaker.State) BreakerState {
	switch state {
	case gobreaker.StateOpen:
		return BreakerOpen
	case gobreaker.StateHalfOpen:
		return BreakerHalfOpen
	default:
		return BreakerClosed
	}
}

// newBreaker returns a breaker that opens for 5 s if at least half of 20 or more calls of about the last 10 s failed.
// Then a single probe decides whether it closes. The interval is longer than 10 s by the timeout of an attempt, because
// a call counts from its start and the failures of a hanging API would otherwise expire before they are known.
//
// All callers share one breaker, so a failure that a single caller can provoke does not count: a 4xx, a canceled call,
// or an upload whose content could not be read.
func newBreaker(attempt time.Duration, log *slog.Logger) *gobreaker.CircuitBreaker[*response] {
	return gobreaker.NewCircuitBreaker[*response](gobreaker.Settings{
		MaxRequests:  1,
		Interval:     attempt.Truncate(time.Second) + 11*time.Second, // whole buckets
		BucketPeriod: time.Second,
		Timeout:      5 * time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			// Requests would include excluded calls and calls in flight.
			ended := counts.TotalSuccesses + counts.TotalFailures
			return ended >= 20 && counts.TotalFailures*2 >= ended
		},
		IsSuccessful:  func(err error) bool { return !hasCode(err, Unavailable, TimedOut) || isClientError(err) },
		OnStateChange: func(_ string, from, to gobreaker.State) { logBreaker(log, from, to) },
		IsExcluded:    func(err error) bool { return hasCode(err, Canceled, Expired, BadInput) && !isClientError(err) },
	})
}

// logBreaker warns when the breaker opens and when it closes. Probes that fail meanwhile change nothing for operators.
func logBreaker(log *slog.Logger, from, to gobreaker.State) {
	if from == gobreaker.StateClosed || to == gobreaker.StateClosed {
		log.Warn("circuit breaker changed", slog.String("from", string(breakerState(from))), slog.String("to", string(breakerState(to))))
	}
}

// isClientError reports whether the API responded with a 4xx. This includes 412, although its code is TimedOut: the caller
// may have invented the event.
func isClientError(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Status/100 == 4
}

// withBreaker rejects attempts while the breaker is open. An upload is never the probe, because it lasts as long as its
// file takes to arrive and all other calls would wait for it. The call for its token was a probe already.
func withBreaker(next handler, breaker *gobreaker.CircuitBreaker[*response]) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if c.upload != nil && breaker.State() != gobreaker.StateClosed {
			return nil, c.fail(Unavailable, errBreakerOpen)
		}
		got, err := breaker.Execute(func() (*response, error) { return next(ctx, c) })
		if err == nil {
			return got, nil
		}
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return nil, c.fail(Unavailable, errBreakerOpen)
		}
		return got, err
	}
}
