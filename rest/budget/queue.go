package budget

import (
	"slices"
	"time"
)

// waiter is a call that waits for its turn.
type waiter struct {
	operation *Operation
	lane      Lane
	deadline  time.Time
	ready     chan struct{} // closed when it was granted or rejected
	rejection *Rejection
}

// result returns the rejection as an error.
func (w *waiter) result() error {
	if w.rejection != nil {
		return w.rejection
	}
	return nil
}

// queue holds the waiting calls of a caller. In a lane, operations take turns, so that one with many calls does not delay
// one with few.
type queue struct {
	lanes [lanes][]*turn
	held  []*held // operations that wait for their first call
	timer *time.Timer
}

// turn holds the waiting calls of an operation in a lane.
type turn struct {
	operation *Operation
	waiters   []*waiter
}

// waits reports whether calls of this lane or an earlier one wait.
func (q *queue) waits(lane Lane) bool {
	return slices.ContainsFunc(q.lanes[:lane+1], func(turns []*turn) bool { return len(turns) > 0 })
}

func (q *queue) isEmpty() bool { return !q.waits(Batch) && len(q.held) == 0 }

// add appends a call to the turn of its operation.
func (q *queue) add(w *waiter) {
	i := q.turnOf(w)
	if i < 0 {
		i = len(q.lanes[w.lane])
		q.lanes[w.lane] = append(q.lanes[w.lane], &turn{operation: w.operation})
	}
	found := q.lanes[w.lane][i]
	found.waiters = append(found.waiters, w)
}

func (q *queue) turnOf(w *waiter) int {
	return slices.IndexFunc(q.lanes[w.lane], func(t *turn) bool { return t.operation == w.operation })
}

// remove removes a call and reports whether it was waiting.
func (q *queue) remove(w *waiter) bool {
	i := q.turnOf(w)
	if i < 0 {
		return false
	}
	found := q.lanes[w.lane][i]
	at := slices.Index(found.waiters, w)
	if at < 0 {
		return false
	}
	found.waiters = slices.Delete(found.waiters, at, at+1)
	if len(found.waiters) == 0 {
		q.lanes[w.lane] = slices.Delete(q.lanes[w.lane], i, i+1)
	}
	return true
}

// next removes the first call of the first operation that may send one, and moves the operation to the end.
func (q *queue) next(lane Lane, may func(*Operation) bool) *waiter {
	turns := q.lanes[lane]
	i := slices.IndexFunc(turns, func(t *turn) bool { return may(t.operation) })
	if i < 0 {
		return nil
	}
	found := turns[i]
	w := found.waiters[0]
	found.waiters = found.waiters[1:]
	q.lanes[lane] = slices.Delete(turns, i, i+1)
	if len(found.waiters) > 0 {
		q.lanes[lane] = append(q.lanes[lane], found)
	}
	return w
}

// serve grants what may be sent now, rejects what cannot be sent in time, and arranges to be called again.
func (b *Budget) serve(now time.Time) {
	if b.queue.isEmpty() {
		return
	}
	b.decideHeld(now)
	for lane := range lanes {
		may := func(o *Operation) bool { return b.may(lane, o, now) }
		for w := b.queue.next(lane, may); w != nil; w = b.queue.next(lane, may) {
			b.grant(lane, w.operation, now)
			close(w.ready)
		}
	}
	b.rejectLate(now)
	b.wake(now)
}

// rejectLate rejects calls that this window has no room for and whose deadline is before its end. A forecast may still
// change in favor of calls of the batch lane.
func (b *Budget) rejectLate(now time.Time) {
	if b.window.isUnknown(now) || b.window.isOver(now) {
		return
	}
	for lane := range Batch {
		for _, t := range slices.Clone(b.queue.lanes[lane]) {
			for _, w := range slices.Clone(t.waiters) {
				if w.deadline.Before(now.Add(b.window.wait(now))) {
					b.queue.remove(w)
					w.rejection = b.reject(Deadline, w.operation, lane, 0, now)
					close(w.ready)
				}
			}
		}
	}
}

// wake arranges the next turn: when the window ends, or earlier because the forecast changes with time.
func (b *Budget) wake(now time.Time) {
	if b.queue.isEmpty() {
		if b.queue.timer != nil {
			b.queue.timer.Stop()
		}
		return
	}
	wait := max(time.Millisecond, min(b.window.wait(now), max(b.window.length, time.Second)/buckets))
	if b.queue.timer == nil {
		b.queue.timer = time.AfterFunc(wait, b.tick)
		return
	}
	b.queue.timer.Reset(wait)
}

func (b *Budget) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(time.Now())
}
