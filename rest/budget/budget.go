package budget

import (
	"context"
	"sync"
	"time"
)

// Budget schedules the calls of one caller. It is safe for concurrent use.
type Budget struct {
	mu      sync.Mutex
	window  window
	demand  demand
	polls   int  // calls of the live lane in this window
	probing bool // whether a call that will show the next window is in flight
	claims  int  // of all operations
	needs   needs
	queue   queue
}

// Start waits until a call may be sent. Each call that it returns nil for must be ended with End. If the wait cannot
// succeed, the error is a *Rejection.
func (b *Budget) Start(ctx context.Context, o *Operation, isWrite bool) error {
	now := time.Now()
	b.mu.Lock()
	lane := o.laneOf(isWrite)
	if !b.queue.waits(lane) && b.may(lane, o, now) {
		b.grant(lane, o, now)
		b.mu.Unlock()
		return nil
	}
	w := &waiter{operation: o, lane: lane, ready: make(chan struct{}), deadline: deadlineOf(ctx)}
	b.queue.add(w)
	b.serve(now)
	b.mu.Unlock()
	select {
	case <-w.ready:
		return w.result()
	case <-ctx.Done():
		return b.leave(ctx, w)
	}
}

// deadlineOf returns a time in the far future if ctx has no deadline.
func deadlineOf(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline
	}
	return time.Now().AddDate(1, 0, 0)
}

// leave ends a wait. A call that was granted meanwhile is given back.
func (b *Budget) leave(ctx context.Context, w *waiter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	switch {
	case b.queue.remove(w):
	case w.rejection != nil:
		return w.rejection
	default:
		b.window.flight--
		b.probing = false
	}
	b.serve(now)
	if ctx.Err() == context.DeadlineExceeded { //nolint:errorlint // contexts return it as it is
		return b.reject(Deadline, w.lane, 0, now)
	}
	return ctx.Err()
}

// Response is what the response to a call says about the budget.
type Response struct {
	Sent    time.Time
	Rate    *Rate // nil without the headers
	Exempt  bool  // the call did not count
	Refused bool  // status 429
	Lost    bool  // there was no response
	// Wait is the wait that a 429 names, 0 if it names none.
	Wait time.Duration
}

// End ends a call that was started.
func (b *Budget) End(r Response) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.window.flight--
	wasProbing := b.probing
	b.probing = false
	hasRate := r.Rate != nil && r.Rate.isPlausible()
	switch {
	case r.Exempt, r.Lost:
	case hasRate:
		if b.window.see(now, r.Sent, *r.Rate) {
			b.polls = 0
		}
	case !r.Refused && wasProbing:
		b.window.forget()
	}
	switch {
	case r.Refused && hasRate:
		b.window.left = 0
	case r.Refused:
		b.window.refuse(now, r.Wait)
	}
	b.serve(now)
}

// may reports whether a call may be sent now.
func (b *Budget) may(lane Lane, o *Operation, now time.Time) bool {
	switch {
	case b.window.isUnknown(now):
		return true
	case b.window.isOver(now):
		return !b.probing // one call shows the next window
	case lane == Live && b.polls*10 >= b.window.limit*3:
		return false
	case lane == Batch && o.claimed > 0:
		lane = Interactive // a forecast does not stop what was admitted
	}
	return b.window.available(now) > b.reserve(lane, now)
}

func (b *Budget) reserve(lane Lane, now time.Time) int {
	return b.window.reserve(lane, b.demand.perSecond(now, b.window.length), now)
}

// grant counts a call that is sent.
func (b *Budget) grant(lane Lane, o *Operation, now time.Time) {
	b.probing = b.probing || !b.window.isUnknown(now) && b.window.isOver(now)
	b.window.flight++
	o.calls.Add(1)
	if o.claimed > 0 {
		o.claimed--
		b.claims--
	}
	if lane != Batch {
		b.demand.add(now, b.window.length)
	}
	if lane == Live {
		b.polls++
	}
}

// reject returns the error for calls that cannot be sent in this window.
func (b *Budget) reject(reason Reason, lane Lane, need int, now time.Time) *Rejection {
	r := &Rejection{Reason: reason, Lane: lane, Need: need, Remaining: max(0, b.window.available(now)), Limit: b.window.limit}
	if reason != TooLarge {
		r.RetryAfter = max(time.Second, b.window.timeLeft(now))
	}
	return r
}
