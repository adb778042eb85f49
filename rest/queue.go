package rest

import (
	"slices"
	"sync"
	"time"
)

const (
	// unknownReads is the maximum number of calls in flight with an unknown token. A write waits for their end. An invalid
	// token then costs few calls, and a page that reads one conversation does not wait.
	unknownReads = 8
	// unknownTime is the longest wait for the first result of an unknown token.
	unknownTime = time.Second
)

// shares are the maximum numbers of calls in flight: in all, of one caller, and of one caller's calls that wait for an
// event.
type shares struct{ all, caller, events int }

// queue bounds the calls in flight. The waiting calls of one caller start in their order. If all slots are in use, the
// callers take turns, so that a caller with many calls does not delay one with few.
type queue struct {
	shares

	mu       sync.Mutex
	inFlight int
	lines    map[callerKey]*line // only callers with calls
	turns    []*line             // callers with waiting calls; the first one is next
}

// line holds the calls of one caller.
type line struct {
	// known reports that a result has shown whether the token is valid.
	known            bool
	inFlight, events int
	waiting          []*turn
	patience         *time.Timer // runs from the first wait for a result; nil before
}

// turn is the place of one call in the queue.
type turn struct {
	caller       callerKey
	event, write bool

	line    *line
	started bool
	ready   chan struct{} // closed when a call that had to wait starts; nil if it did not wait
}

func newQueue(s shares) *queue { return &queue{shares: s, lines: map[callerKey]*line{}} }

// join starts a call or adds it to the waiting ones. isKnown reports whether a token is known to be valid.
func (q *queue) join(t *turn, isKnown func(callerKey) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t.line = q.lines[t.caller]
	if t.line == nil {
		t.line = &line{known: isKnown(t.caller)}
		q.lines[t.caller] = t.line
	}
	if q.mayStart(t) { // no waiting call may, or it would have started
		q.start(t)
		return
	}
	t.ready = make(chan struct{})
	t.line.waiting = append(t.line.waiting, t)
	if len(t.line.waiting) == 1 {
		q.turns = append(q.turns, t.line)
	}
	if !t.line.known && t.line.patience == nil {
		opened := t.line // t may be in another line by then: a call that is made again joins anew
		opened.patience = time.AfterFunc(unknownTime, func() { q.open(opened) })
	}
}

// leave ends a call or its wait.
func (q *queue) leave(t *turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := t.line
	if t.started {
		q.count(t, -1)
		l.known = true // if the token was refused, the next calls fail without being sent
		q.dispatch()
	} else {
		q.abandon(t)
	}
	if l.inFlight+len(l.waiting) == 0 {
		delete(q.lines, t.caller)
		if l.patience != nil {
			l.patience.Stop()
		}
	}
}

// abandon removes a waiting call.
func (q *queue) abandon(t *turn) {
	l := t.line
	l.remove(slices.Index(l.waiting, t))
	if len(l.waiting) == 0 {
		at := slices.Index(q.turns, l)
		q.turns = slices.Delete(q.turns, at, at+1)
	}
}

// open lifts the limits of an unknown token.
func (q *queue) open(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l.known = true
	q.dispatch()
}

// dispatch starts the waiting calls that may start, one of each caller in turn.
func (q *queue) dispatch() {
	for skipped := 0; skipped < len(q.turns) && q.inFlight < q.all; {
		l := q.turns[0]
		q.turns = q.turns[1:]
		skipped++
		if at := slices.IndexFunc(l.waiting, q.mayStart); at >= 0 {
			next := l.remove(at)
			q.start(next)
			close(next.ready)
			skipped = 0
		}
		if len(l.waiting) > 0 {
			q.turns = append(q.turns, l)
		}
	}
}

func (q *queue) mayStart(t *turn) bool {
	l := t.line
	switch {
	case q.inFlight >= q.all, l.inFlight >= q.caller, t.event && l.events >= q.events:
		return false
	case l.known:
		return true
	case t.write:
		return l.inFlight == 0
	}
	return l.inFlight < unknownReads
}

func (q *queue) start(t *turn) {
	t.started = true
	q.count(t, 1)
}

func (q *queue) count(t *turn, by int) {
	q.inFlight += by
	t.line.inFlight += by
	if t.event {
		t.line.events += by
	}
}

func (l *line) remove(at int) *turn {
	removed := l.waiting[at]
	l.waiting = slices.Delete(l.waiting, at, at+1)
	return removed
}
