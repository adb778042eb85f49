package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// RateLimit is a number of requests per window.
type RateLimit struct {
	Requests int
	Window   time.Duration
}

// UnmarshalText reads a limit such as 300/20s.
func (l *RateLimit) UnmarshalText(text []byte) error {
	requests, window, _ := strings.Cut(string(text), "/")
	var countErr, windowErr error
	l.Requests, countErr = strconv.Atoi(requests)
	l.Window, windowErr = time.ParseDuration(window)
	if countErr != nil || windowErr != nil || l.Requests < 1 || l.Window < time.Second {
		return errors.New("must be a number of calls per time of at least 1s, such as 300/20s")
	}
	return nil
}

// limiter counts requests per token in fixed windows. A window begins with a token's first request after the last one has
// ended.
type limiter struct {
	limit     RateLimit
	roundDown bool

	mu      sync.Mutex
	windows map[string]*rateCount // by token
}

// rateCount is the number of requests in one window.
type rateCount struct {
	ends time.Time
	used int
}

// quota is the state of a window after a request.
type quota struct {
	limit     int
	remaining int
	reset     int // seconds
	exceeded  bool
}

func newLimiter(limit RateLimit, roundDown bool) *limiter {
	return &limiter{limit: limit, roundDown: roundDown, windows: make(map[string]*rateCount)}
}

// take counts one request. Requests over the limit do not extend the window.
func (l *limiter) take(token string, now time.Time) quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[token]
	if w == nil || !now.Before(w.ends) {
		w = &rateCount{ends: now.Add(l.limit.Window)}
		l.windows[token] = w
	}
	w.used++
	return quota{
		limit:     l.limit.Requests,
		remaining: max(0, l.limit.Requests-w.used),
		reset:     l.wholeSeconds(w.ends.Sub(now)),
		exceeded:  w.used > l.limit.Requests,
	}
}

// admit counts a request of a caller, sets the rate limit headers and reports whether the request is within the limit.
func (l *limiter) admit(w http.ResponseWriter, c *caller) bool {
	q := l.take(c.Token, time.Now())
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.remaining))
	h.Set("X-RateLimit-Reset", strconv.Itoa(q.reset))
	return !q.exceeded
}

// wholeSeconds rounds up unless configured otherwise, so that a client that waits for the time in the header is not early.
func (l *limiter) wholeSeconds(d time.Duration) int {
	if !l.roundDown {
		d += time.Second - 1
	}
	return int(d / time.Second)
}
