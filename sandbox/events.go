package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// firstEvent precedes the number of a sandbox's first event. As in mStudio, it exceeds the precision of a float64.
const firstEvent uint64 = 276_638_689_419_853_823

// defaultEventTimeout is how long mStudio waits for an event, according to its documentation.
const defaultEventTimeout = 10 * time.Second

// eventLog numbers the changes of a sandbox. Each becomes visible after a delay, because mStudio is eventually consistent.
type eventLog struct {
	lag     time.Duration
	timeout time.Duration

	mu      sync.Mutex
	last    uint64
	pending []pendingEvent // oldest first
}

type pendingEvent struct {
	number uint64
	due    time.Time
}

func newEventLog(lag, timeout time.Duration) *eventLog {
	return &eventLog{lag: lag, timeout: timeout, last: firstEvent}
}

// append adds a change. It returns the number of its event and the time when reads see it.
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

// commit adds a change. It returns the header of the response to it, and the time when reads see the change.
func (l *eventLog) commit() (header http.Header, due time.Time) {
	number, due := l.append(time.Now())
	return http.Header{"Etag": {strconv.FormatUint(number, 10)}}, due
}

// due returns the time when reads see an event, or false if the event does not exist yet.
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

// await waits until the request can see the event in its If-Event-Reached header. It fails after the timeout.
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
	if ok && due.Sub(now) <= l.timeout {
		return wait(r, due.Sub(now))
	}
	if err := wait(r, l.timeout); err != nil {
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
