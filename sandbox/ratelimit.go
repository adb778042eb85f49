package sandbox

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const rateWindow = time.Minute

// limiter counts requests per token in fixed windows of one minute.
type limiter struct {
	limit int

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
	reset     time.Duration
	exceeded  bool
}

func newLimiter(limit int) *limiter {
	return &limiter{limit: limit, windows: make(map[string]*rateCount)}
}

// take counts one request. Requests over the limit do not extend the window.
func (l *limiter) take(token string, now time.Time) quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[token]
	if w == nil || !now.Before(w.ends) {
		w = &rateCount{ends: now.Add(rateWindow)}
		l.windows[token] = w
	}
	w.used++
	return quota{
		limit:     l.limit,
		remaining: max(0, l.limit-w.used),
		reset:     w.ends.Sub(now),
		exceeded:  w.used > l.limit,
	}
}

// admit counts a request of a caller, sets the rate limit headers and reports whether the request is within the limit.
func (l *limiter) admit(w http.ResponseWriter, c *caller) bool {
	q := l.take(c.Token, time.Now())
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.remaining))
	h.Set("X-RateLimit-Reset", strconv.Itoa(wholeSeconds(q.reset)))
	return !q.exceeded
}

// wholeSeconds rounds up, so that a client that waits for the time in the header is not early.
func wholeSeconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}
