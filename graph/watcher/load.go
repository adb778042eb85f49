package watcher

import "sync"

// load is the number of polls per second of all watchers, if nothing stretched them.
type load struct {
	limit float64

	mu        sync.Mutex
	perSecond float64
}

func (l *load) add(perSecond float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.perSecond += perSecond
}

// stretch returns the factor of all intervals that keeps the polls per second within the limit.
func (l *load) stretch() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(1, l.perSecond/l.limit)
}
