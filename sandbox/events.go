package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// firstEvent is the number before that of a sandbox's first event. A float could not hold it.
const firstEvent uint64 = 276_638_689_419_853_823

// defaultEventPatience is how long the original waits for an event, by its documentation.
const defaultEventPatience = 10 * time.Second

// eventLog counts the changes of a sandbox and knows when each can be seen: the original answers reads from copies that
// follow the changes some time later.
type eventLog struct {
	lag      time.Duration
	patience time.Duration

	mu      sync.Mutex
	last    uint64
	pending []pendingEvent // oldest first
}

type pendingEvent struct {
	number uint64
	due    time.Time
}

func newEventLog(lag, patience time.Duration) *eventLog {
	return &eventLog{lag: lag, patience: patience, last: firstEvent}
}

// append notes a change, and returns its number and when it can be seen.
func (l *eventLog) append(now time.Time) (number uint64, due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	due = now.Add(l.lag)
	if l.lag > 0 {
		l.pending = slices.DeleteFunc(l.pending, func(e pendingEvent) bool { return !e.due.After(now) })
		l.pending = append(l.pending, pendingEvent{l.last, due})
	}
	return l.last, due
}

// due returns when an event can be seen; ok is false if there is no such event yet.
func (l *eventLog) due(number uint64) (due time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number > l.last {
		return time.Time{}, false
	}
	for _, event := range l.pending {
		if event.number == number {
			return event.due, true
		}
	}
	return time.Time{}, true // long ago
}

// await waits until a request can see the event that it names. It fails if that takes too long.
func (l *eventLog) await(r *http.Request) error {
	condition := r.Header.Get("If-Event-Reached")
	if condition == "" {
		return nil
	}
	number, err := strconv.ParseUint(condition, 10, 64)
	if err != nil || strings.HasPrefix(condition, "+") {
		return errNoEvent
	}
	now := time.Now()
	due, ok := l.due(number)
	if ok && due.Sub(now) <= l.patience {
		return wait(r, due.Sub(now))
	}
	if err := wait(r, l.patience); err != nil {
		return err
	}
	return errEventNotReached
}

// wait waits for d, or until the request is cancelled.
func wait(r *http.Request, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return errStopped
	}
}
