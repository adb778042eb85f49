package webhook

import (
	"slices"
	"time"
)

const (
	// maxWaiting is the maximum number of events that wait.
	maxWaiting = 1000
	// maxWaitingBytes limits their bodies.
	maxWaitingBytes = 16 << 20
)

// event is a webhook that has not been delivered.
type event struct {
	id, kind     string
	conversation string // ID
	body         []byte
	after        entry // with the change, and with later ones whose events were dropped
	attempts     int
	due          time.Time
}

// queue holds events in the order of their changes. An event waits for earlier ones of its conversation.
type queue struct {
	events []*event
	bytes  int
	taken  *event // being sent; nil if no event is
}

// push adds an event. It returns the oldest ones if there are too many.
func (q *queue) push(e *event) (dropped []*event) {
	q.events = append(q.events, e)
	q.bytes += len(e.body)
	for len(q.events) > maxWaiting || q.bytes > maxWaitingBytes {
		oldest := slices.IndexFunc(q.events, func(e *event) bool { return e != q.taken })
		if oldest < 0 {
			break
		}
		dropped = append(dropped, q.events[oldest])
		q.remove(q.events[oldest])
	}
	return dropped
}

func (q *queue) remove(e *event) {
	if i := slices.Index(q.events, e); i >= 0 {
		q.events, q.bytes = slices.Delete(q.events, i, i+1), q.bytes-len(e.body)
	}
}

// has reports whether an event of a conversation waits.
func (q *queue) has(conversation string) bool {
	return slices.ContainsFunc(q.events, func(e *event) bool { return e.conversation == conversation })
}

// next returns the event to send first, or nil if the queue is empty.
func (q *queue) next() *event {
	var first *event
	behind := map[string]bool{}
	for _, e := range q.events {
		if !behind[e.conversation] && (first == nil || e.due.Before(first.due)) {
			first = e
		}
		behind[e.conversation] = true
	}
	return first
}

// nextAt returns the time when the next event is due, or zero if none can be taken.
func (q *queue) nextAt() time.Time {
	if e := q.next(); q.taken == nil && e != nil {
		return e.due
	}
	return time.Time{}
}

// take returns an event that is due, or nil.
func (q *queue) take(now time.Time) *event {
	if at := q.nextAt(); at.IsZero() || at.After(now) {
		return nil
	}
	q.taken = q.next()
	return q.taken
}
