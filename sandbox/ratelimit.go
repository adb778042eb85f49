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
	windows map[string]*window
}

type window struct {
	ends time.Time
	used int
}

// quota is what a caller is told about its window after a request.
type quota struct {
	limit     int
	remaining int
	reset     time.Duration
	exceeded  bool
}

func newLimiter(limit int) *limiter {
	return &limiter{limit: limit, windows: make(map[string]*window)}
}

// take counts one request. Requests over the limit do not extend the window.
func (l *limiter) take(token string, now time.Time) quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[token]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(rateWindow)}
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

// admit counts a request of a caller, announces the quota and says whether the request may go on.
func (s *Sandbox) admit(w http.ResponseWriter, c *caller) bool {
	q := s.limiter.take(c.token, time.Now())
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.remaining))
	h.Set("X-RateLimit-Reset", strconv.Itoa(wholeSeconds(q.reset)))
	return !q.exceeded
}

// wholeSeconds rounds up, so that a client that waits as long as it was told is not early.
func wholeSeconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}
