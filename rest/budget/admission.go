package budget

import (
	"context"
	"slices"
	"time"
)

// maxHeld is the maximum number of operations of a caller that wait for the next window.
const maxHeld = 32

// spare is the least time between the end of a window and an operation's deadline for it to be worth waiting.
const spare = time.Second

// held is an operation that waits until its calls fit.
type held struct {
	operation *Operation
	need      int
	waiter
}

// verdict is the decision about an operation.
type verdict int8

const (
	admit verdict = iota
	wait
	rejectTooLarge
	rejectNoRoom
	rejectDeadline
)

// Admit waits until an operation that needs this many further calls can be completed. If it cannot, the error is a
// *Rejection. Small operations are always admitted, and so are all as long as the limit is unknown.
func (b *Budget) Admit(ctx context.Context, o *Operation, need int) error {
	now := time.Now()
	b.mu.Lock()
	if !isSmall(need+o.Calls(), max(b.window.limit, 0)) {
		o.lane = Batch
	}
	h := &held{operation: o, need: need, waiter: waiter{operation: o, lane: o.lane, ready: make(chan struct{}), deadline: deadlineOf(ctx)}}
	done := b.decide(h, now)
	if !done {
		b.queue.held = append(b.queue.held, h)
		b.wake(now)
	}
	b.mu.Unlock()
	if done {
		return h.result()
	}
	select {
	case <-h.ready:
		return h.result()
	case <-ctx.Done():
		return b.leaveHeld(ctx, h)
	}
}

// Claim is like Admit for an operation that has started and now knows that it makes this many calls more.
func (b *Budget) Claim(ctx context.Context, o *Operation, calls int) error {
	b.mu.Lock()
	missing := calls - o.claimed
	b.mu.Unlock()
	if missing <= 0 {
		return nil
	}
	return b.Admit(ctx, o, missing)
}

// Release gives back the calls that an operation has claimed and not made.
func (b *Budget) Release(o *Operation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.claims -= o.claimed
	o.claimed = 0
	b.serve(time.Now())
}

// decideHeld decides again about the operations that wait.
func (b *Budget) decideHeld(now time.Time) {
	if b.window.isOver(now) && b.probing {
		return
	}
	b.queue.held = slices.DeleteFunc(b.queue.held, func(h *held) bool {
		done := b.decide(h, now)
		if done {
			close(h.ready)
		}
		return done
	})
}

// decide admits or rejects an operation, or returns false if it must wait.
func (b *Budget) decide(h *held, now time.Time) (done bool) {
	switch b.judge(h, now) {
	case admit:
		if h.operation.lane == Batch {
			b.claims += h.need
			h.operation.claimed += h.need
		}
	case wait:
		return false
	case rejectTooLarge:
		h.rejection = b.reject(TooLarge, h.lane, h.need, now)
	case rejectNoRoom:
		h.rejection = b.reject(NoRoom, h.lane, h.need, now)
	case rejectDeadline:
		h.rejection = b.reject(Deadline, h.lane, h.need, now)
	}
	return true
}

func (b *Budget) judge(h *held, now time.Time) verdict {
	w := &b.window
	switch {
	case w.isUnknown(now), w.limit == 0, h.operation.lane != Batch:
		return admit
	case !fitsWindow(h.need, w.limit):
		return rejectTooLarge
	case h.need <= w.available(now)-b.claims-b.reserve(Batch, now):
		return admit
	case now.Add(w.timeLeft(now) + spare).After(h.deadline):
		return rejectDeadline
	case len(b.queue.held) >= maxHeld && !slices.Contains(b.queue.held, h):
		return rejectNoRoom
	}
	return wait
}

func (b *Budget) leaveHeld(ctx context.Context, h *held) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue.held, h)
	if i < 0 { // decided meanwhile
		return h.result()
	}
	b.queue.held = slices.Delete(b.queue.held, i, i+1)
	if ctx.Err() == context.DeadlineExceeded { //nolint:errorlint // contexts return it as it is
		return b.reject(Deadline, h.lane, h.need, time.Now())
	}
	return ctx.Err()
}
