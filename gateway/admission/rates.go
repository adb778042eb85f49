package admission

import (
	"time"

	"golang.org/x/time/rate"

	"mstudio-graphql/internal/lru"
)

const (
	// maxRates is the maximum number of keys whose use is remembered. The key that was used least recently is forgotten first.
	maxRates = 10_000
	// burstOf is the part of a minute's number that a key may use at once, so that a page that loads is not rejected.
	burstOf = 6
)

// Rates limits how often each key may act per minute. A key that has not acted for ten seconds may use a sixth of that at once.
// It is safe for concurrent use. Nil sets no limit.
type Rates struct {
	perMinute int
	keys      *lru.Cache[string, *rate.Limiter]
}

// NewRates returns Rates, or nil if perMinute is 0.
func NewRates(perMinute int) *Rates {
	if perMinute == 0 {
		return nil
	}
	return &Rates{perMinute: perMinute, keys: lru.New(maxRates, func(string, *rate.Limiter) int { return 1 })}
}

// Allow reports whether a key may act now, and counts it if so.
func (r *Rates) Allow(key string) bool {
	if r == nil {
		return true
	}
	limiter, found := r.keys.Get(key)
	if !found {
		r.keys.Add(key, rate.NewLimiter(rate.Limit(r.perMinute)/60, max(r.perMinute/burstOf, 1)), nil)
		limiter, found = r.keys.Get(key)
	}
	return !found || limiter.Allow()
}

// RetryAfter returns the time after which a key that was not allowed may act again, at most.
func (r *Rates) RetryAfter() time.Duration { return time.Minute / time.Duration(r.perMinute) }
