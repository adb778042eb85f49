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

// Admit waits until an operation that needs this many further calls can be completed. If it cannot, the error is a
// *Rejection. Small operations are always admitted, and so are all as long as the limit is unknown. onWait, which may be
// nil, is called before a wait.
func (b *Budget) Admit(ctx context.Context, o *Operation, need int, onWait func()) error {
	if need > 0 {
		b.learn(ctx)
	}
	for {
		if err := b.admit(ctx, o, need, onWait); err != nil || b.confirm(ctx, o, need) {
			return err
		}
	}
}

// admit waits until there is room for an operation here.
func (b *Budget) admit(ctx context.Context, o *Operation, need int, onWait func()) error {
	now := time.Now()
	b.mu.Lock()
	o.needed = max(o.needed, o.Calls()+o.claimed+need)
	if o.lane != Batch && !isSmall(need+o.Calls(), b.window.limit) {
		o.lane = Batch
		b.demand.forget(o.Calls())
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
	if onWait != nil {
		onWait()
	}
	select {
	case <-h.ready:
		return h.result()
	case <-ctx.Done():
		return b.leaveHeld(ctx, h)
	}
}

// Claim admits further calls of an operation that has started.
func (b *Budget) Claim(ctx context.Context, o *Operation, calls int) error {
	b.mu.Lock()
	missing := calls - o.claimed
	b.mu.Unlock()
	if missing <= 0 {
		return nil
	}
	return b.Admit(ctx, o, missing, nil)
}

// Release gives back the calls that an operation has claimed and not made, and remembers what operations of this shape
// need. The calls that it shared are needed as well, because the next one may have nobody to share them with. One that was
// rejected needs what it was rejected for. A shape of 0 is not remembered.
func (b *Budget) Release(o *Operation, shape uint64, shared int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	need := o.Calls() + shared
	if o.rejected != "" {
		need = max(need, o.needed)
	}
	if need > 0 && shape != 0 {
		b.needs.learn(shape, need)
	}
	b.claims -= o.claimed
	o.claimed = 0
	now := time.Now()
	b.share(now)
	b.serve(now)
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
	w, o := &b.window, h.operation
	reason := Reason("")
	switch {
	case w.isUnknown(now), w.limit == 0, o.lane != Batch:
		return true
	case !fitsWindow(h.need, w.limit):
		reason = TooLarge
	case h.need <= b.room(now):
		b.claims += h.need
		o.claimed += h.need
		return true
	case now.Add(w.wait(now) + spare).After(h.deadline):
		reason = Deadline
	case len(b.queue.held) >= maxHeld && !slices.Contains(b.queue.held, h):
		reason = NoRoom
	default:
		return false
	}
	h.rejection = b.reject(reason, o, h.lane, o.needed, now)
	return true
}

func (b *Budget) leaveHeld(ctx context.Context, h *held) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue.held, h)
	if i < 0 { // decided meanwhile
		return h.result()
	}
	b.queue.held = slices.Delete(b.queue.held, i, i+1)
	if ctx.Err() == context.DeadlineExceeded {
		return b.reject(Deadline, h.operation, h.lane, h.operation.needed, time.Now())
	}
	return ctx.Err()
}
