package cli

import (
	"net/http"
	"sync"
	"time"
)

// attendance knows which requests are being handled. A server that is closed forgets those that it has cut off, but
// they go on until they notice, and only then write their lines into the log. It is no WaitGroup, because a request may
// still come while the others are waited for.
type attendance struct {
	mu      sync.Mutex
	present int
	empty   chan struct{} // closed when the last one leaves, if somebody waits for that
}

// of returns a handler that takes note of who enters and leaves another.
func (a *attendance) of(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.enter()
		defer a.leave()
		handler.ServeHTTP(w, r)
	})
}

func (a *attendance) enter() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.present++
}

func (a *attendance) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.present--
	if a.present == 0 && a.empty != nil {
		close(a.empty)
		a.empty = nil
	}
}

// wait returns when all have left, or after that time. Only one may wait.
func (a *attendance) wait(atMost time.Duration) {
	a.mu.Lock()
	if a.present == 0 {
		a.mu.Unlock()
		return
	}
	empty := make(chan struct{})
	a.empty = empty
	a.mu.Unlock()
	patience := time.NewTimer(atMost)
	defer patience.Stop()
	select {
	case <-empty:
	case <-patience.C:
	}
}
