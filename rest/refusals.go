package rest

import (
	"time"

	"mstudio-graphql/internal/lru"
)

// maxRefusals is the maximum number of refused tokens that are remembered.
const maxRefusals = 10_000

// refusals holds the tokens that the API has refused, and until when they are not sent again.
type refusals struct {
	until *lru.Cache[callerKey, time.Time]
}

func newRefusals() *refusals {
	return &refusals{until: lru.New(maxRefusals, func(callerKey, time.Time) int { return 1 })}
}

// left returns how long a token is still not sent.
func (r *refusals) left(caller callerKey, now time.Time) time.Duration {
	if r.until.Cost() == 0 { // the usual case, without a lock
		return 0
	}
	r.forget(now)
	until, _ := r.until.Peek(caller)
	return max(until.Sub(now), 0)
}

// remember records that a token is not sent for a while.
func (r *refusals) remember(caller callerKey, now time.Time, wait time.Duration) {
	until := now.Add(wait)
	r.until.Add(caller, until, func(known time.Time) bool { return known.Before(until) })
	r.forget(now)
}

// forget removes what has expired, in the order of insertion. What expires before an older entry stays until that one
// expires.
func (r *refusals) forget(now time.Time) {
	r.until.RemoveOldest(func(until time.Time) bool { return !until.After(now) })
}
