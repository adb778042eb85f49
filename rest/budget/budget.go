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
	writes  uint64 // that have ended

	replicas *replicas // nil if there are no others
}

// Start waits until a call may be sent. Each call that it returns nil for must be ended with End. If the wait cannot
// succeed, the error is a *Rejection.
func (b *Budget) Start(ctx context.Context, o *Operation, isWrite bool) error {
	b.learn(ctx)
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
	defer func() { o.waited.Add(int64(time.Since(now))) }()
	select {
	case <-w.ready:
		return w.result()
	case <-ctx.Done():
		return b.leave(ctx, w)
	}
}

// MaxWait is how long a call without a deadline waits.
const MaxWait = 15 * time.Second

func deadlineOf(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline
	}
	return time.Now().Add(MaxWait)
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
		b.takeBack(w.operation)
	}
	b.serve(now)
	if ctx.Err() == context.DeadlineExceeded {
		return b.reject(Deadline, w.operation, w.lane, 0, now)
	}
	return ctx.Err()
}

// Response describes the end of a call.
type Response struct {
	Sent    time.Time
	Rate    *Rate // nil without the headers
	Exempt  bool  // the call did not count
	Refused bool  // status 429
	Lost    bool  // there was no response
	// Wait is the wait after a 429.
	Wait time.Duration
}

// End ends a call that was started.
func (b *Budget) End(r Response) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.window.flight--
	isOld, ends := b.window.isOld(now, r.Sent), b.window.ends
	hasRate, isCurrent := r.Rate != nil && r.Rate.isPlausible(), true
	switch {
	case r.Exempt, r.Lost:
	case hasRate:
		isCurrent = b.see(now, r)
	case !r.Refused && b.probing && !isOld:
		b.window.forget()
	}
	if r.Refused && isCurrent {
		b.refused(now, r.Wait, hasRate)
	}
	b.probing = b.probing && isOld && ends.Equal(b.window.ends)
	b.share(now)
	b.serve(now)
}

// see takes over the rate of a response. It reports whether its window has not ended.
func (b *Budget) see(now time.Time, r Response) (isCurrent bool) {
	isNew, isCurrent := b.window.see(now, r.Sent, *r.Rate)
	if isNew {
		b.polls = 0
	}
	return isCurrent
}

// refused records a 429.
func (b *Budget) refused(now time.Time, wait time.Duration, hasRate bool) {
	if hasRate {
		b.window.left = 0
	} else {
		b.window.refuse(now, wait, false)
	}
	b.shareRefusal(now)
}

// GiveBack ends a call that was started and not sent.
func (b *Budget) GiveBack(o *Operation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.takeBack(o)
	b.serve(time.Now())
}

// takeBack takes back a call that was granted and not sent.
func (b *Budget) takeBack(o *Operation) {
	b.window.flight--
	b.probing = false // it may be this one
	o.calls.Add(-1)
}

// Wrote records that a write has ended, successfully or not.
func (b *Budget) Wrote() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writes++
}

// Writes returns the number of writes that have ended. A read must not use a response to a call that began at another
// number.
func (b *Budget) Writes() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writes
}

// State describes a caller's window.
type State struct {
	// Limit is the number of calls per window, and Remaining how many of them are left.
	Limit, Remaining int
	// ResetAfter is the time until the window ends. Length is the longest one seen.
	ResetAfter, Length time.Duration
}

// LivePerMinute returns how many calls polls may make per minute.
func (s *State) LivePerMinute() float64 {
	return float64(s.Limit) * liveShare / 100 / max(s.Length.Minutes(), 1.0/60)
}

// State returns the caller's window, or nil if it is unknown.
func (b *Budget) State() *State {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.window.limit == 0 || b.window.isUnknown(now) {
		return nil
	}
	return &State{
		Limit: b.window.limit, Remaining: max(0, b.window.available(now)),
		ResetAfter: b.retryAfter(now), Length: b.window.length,
	}
}

// Outcome returns the lane of an operation's reads, and the reason if it or one of its calls was rejected.
func (b *Budget) Outcome(o *Operation) (Lane, Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return o.lane, o.rejected
}

// RetryAfter returns the time until the window ends in whole seconds, at least one.
func (b *Budget) RetryAfter() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.retryAfter(time.Now())
}

func (b *Budget) retryAfter(now time.Time) time.Duration {
	return time.Duration(max(1, seconds(b.window.wait(now)))) * time.Second
}

// may reports whether a call may be sent now.
func (b *Budget) may(lane Lane, o *Operation, now time.Time) bool {
	switch {
	case b.window.isUnknown(now):
		return true
	case b.window.isOver(now):
		return !b.probing // one call shows the next window
	case lane == Live && b.polls*100 >= b.window.limit*liveShare:
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
func (b *Budget) reject(reason Reason, o *Operation, lane Lane, need int, now time.Time) *Rejection {
	if o.rejected == "" {
		o.rejected = reason
	}
	r := &Rejection{Reason: reason, Lane: lane, Need: need, Remaining: max(0, b.window.available(now)), Limit: b.window.limit}
	if reason != TooLarge {
		r.RetryAfter = b.retryAfter(now)
	}
	return r
}
