package rest

import (
	"context"
	"time"

	"mstudio-graphql/internal/lru"
)

// maxBackoffs is the maximum number of callers with a remembered wait.
const maxBackoffs = 10_000

// backoffs holds the callers that the API told to wait, and until when. The API limits each user separately and also
// counts the calls it rejects, so a call before that time would only prolong the wait.
type backoffs struct {
	until *lru.Cache[callerKey, time.Time]
}

func newBackoffs() *backoffs {
	return &backoffs{until: lru.New(maxBackoffs, func(callerKey, time.Time) int { return 1 })}
}

// withBackoff rejects the calls of a caller that must still wait, as the API would.
func withBackoff(next handler, b *backoffs) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if wait := b.left(c.session.caller(), time.Now()); wait > 0 {
			return nil, &Error{Code: RateLimited, Op: c.op(), RetryAfter: wait}
		}
		got, err := next(ctx, c)
		if failure, ok := err.(*Error); ok && failure.RetryAfter > 0 { //nolint:errorlint // the links below return no other type
			b.remember(c.session.caller(), time.Now(), failure.RetryAfter)
		}
		return got, err
	}
}

// left returns how long a caller must still wait.
func (b *backoffs) left(caller callerKey, now time.Time) time.Duration {
	if b.until.Cost() == 0 { // the usual case, without a lock
		return 0
	}
	b.forget(now)
	until, _ := b.until.Peek(caller)
	return max(until.Sub(now), 0)
}

// remember records that a caller must wait.
func (b *backoffs) remember(caller callerKey, now time.Time, wait time.Duration) {
	until := now.Add(min(wait, maxBackoff))
	b.until.Add(caller, until, func(known time.Time) bool { return known.Before(until) })
	b.forget(now)
}

// forget removes expired waits in the order of insertion. An expired wait behind a longer one stays until that one
// expires.
func (b *backoffs) forget(now time.Time) {
	b.until.RemoveOldest(func(until time.Time) bool { return !until.After(now) })
}
