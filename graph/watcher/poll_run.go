package watcher

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// pollTimeout is the deadline of a poll with its changes.
	pollTimeout = 15 * time.Second
	// pollCalls is the maximum number of calls of a poll without tickets: all pages, and those for fields.
	pollCalls = 50
)

// poll makes a poll of a watcher when its timer ends.
func (h *Hub) poll(w *watcher) {
	if !h.enter() {
		return
	}
	defer h.running.Done()
	if !w.queue() || !h.enterPoll() {
		return
	}
	defer h.leavePoll()
	ctx, cancel := context.WithTimeout(h.ctx, pollTimeout)
	defer cancel()
	p := w.begin(cancel)
	if p == nil {
		h.forget(w)
		return
	}
	if p.isIdle() { // a hint has set the timer again just when it had ended
		p.finish(nil)
		return
	}
	p.takeLead(ctx)
	if p.isIdle() {
		p.follow()
		return
	}
	var end func(error) error
	p.ctx, p.client, end = h.config.Begin(ctx, w.caller, rest.Limits{Calls: p.calls, Live: true})
	p.loaders = loader.From(p.ctx)
	err := end(p.run())
	if unauthorized(err) != nil {
		h.expel(w, err)
	} else if err != nil {
		p.failJoining(p.joining, err)
	}
	p.finish(err)
}

// queue reports whether the poll may wait for its turn. Another one may do so already.
func (w *watcher) queue() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	isFirst := !w.queued && !w.running && !w.dead
	w.queued = w.queued || isFirst
	return isFirst
}

// begin starts a poll, or returns nil if there is nobody to poll for.
func (w *watcher) begin(cancel context.CancelFunc) *poll {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queued = false
	if w.dead || w.running || len(w.subs) == 0 {
		return nil
	}
	p := &poll{watcher: w, began: time.Now(), calls: pollCalls + 2*len(w.subs)}
	w.running, w.cancel = true, cancel
	for _, s := range w.subs {
		if !s.started {
			s.tried = true
			p.joining = append(p.joining, s)
		}
	}
	p.reads = !w.ready || !p.began.Before(w.due) || slices.ContainsFunc(p.joining, w.needsRows)
	if p.reads {
		w.due, w.jitter = time.Time{}, 0.9+0.2*rand.Float64() //nolint:gosec // only spreads polls
	}
	p.prepareLead()
	if p.reads && w.isHinted {
		w.isHinted, w.hinted = false, p.began
	}
	w.awaited = slices.DeleteFunc(w.awaited, func(a awaited) bool { return a.until.Before(p.began) })
	p.awaits = slices.Clone(w.awaited)
	w.forgetTickets(func(t *ticket) bool { return p.began.Sub(t.left) > lingering })
	return p
}

// isIdle reports whether the poll neither reads nor starts a subscription.
func (p *poll) isIdle() bool { return !p.reads && len(p.joining) == 0 }

// needsRows reports whether a subscription can only start with data of mStudio.
func (w *watcher) needsRows(s *Subscriber) bool {
	if s.ticket != nil {
		return true
	}
	if s.after == nil || s.after.epoch != w.epoch {
		return false
	}
	missed, _ := w.list.since(s.after.number)
	return len(missed) > 0
}

// run makes the poll's calls and sends what has changed.
func (p *poll) run() (err error) {
	defer func() {
		if broken := panicked(recover()); broken != nil {
			err = broken
		}
	}()
	if p.reads {
		for _, event := range p.awaits {
			p.loaders.Await(event.Event)
		}
		if err := p.readList(); err != nil {
			return err
		}
	}
	if err := p.startInboxes(); err != nil {
		return err
	}
	if p.reads {
		return p.readTickets()
	}
	return nil
}

// finish records the result of a poll and arranges the next one.
func (p *poll) finish(err error) {
	if p.reads {
		p.config.Observer.polled(p.result(err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.cancel = false, nil
	now := time.Now()
	if p.reads && (len(p.subs) > 0 || err == nil) {
		p.schedule(err, now)
	}
	p.arm(now)
}

// result names the result of a poll for metrics.
func (p *poll) result(err error) string {
	switch {
	case err != nil:
		return strings.ToLower(string(model.CodeOf(err)))
	case p.changes > 0:
		return "changed"
	}
	return "unchanged"
}

// schedule sets the time of the next poll that reads. A hint may have set an earlier one.
func (p *poll) schedule(err error, now time.Time) {
	if p.loaders.Stale() {
		p.awaited = slices.DeleteFunc(p.awaited, func(a awaited) bool { return slices.Contains(p.awaits, a) })
	}
	failure, _ := errors.AsType[*rest.Error](err)
	switch {
	case err == nil:
		p.ready, p.failures, p.blocked = true, 0, time.Time{}
	case failure != nil && failure.Code == rest.RateLimited:
		p.blocked = now.Add(failure.RetryAfter)
	default:
		p.failures = min(p.failures+1, 10)
	}
	interval := p.interval(p.client, now, p.client.Calls())
	interval = time.Duration(float64(interval) * p.alone())
	p.setLoad(1 / interval.Seconds())
	next := p.began.Add(time.Duration(float64(interval) * p.total.stretch()))
	p.dueBy(next, now)
	p.tellFound(err, now)
}
