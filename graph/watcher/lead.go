package watcher

import (
	"context"
	"math"
	"time"

	"mstudio-graphql/graph/model"
)

const (
	// leaseMargin is how long other replicas wait for a poll that is due.
	leaseMargin = 10 * time.Second
	// turnInterval is the time after which a replica takes the lease before the leader's next poll. This costs no call, and repairs
	// what hints have not.
	turnInterval = readingTime - 2*time.Minute
	// repeatAfter is the time between a poll after a hint that has found nothing and the next one, because the API shows changes
	// late. It is not repeated if a change was found lately, which may be the same.
	repeatAfter, lately = 2 * time.Second, 5 * time.Second
	// minWait is the shortest time between two attempts to lead.
	minWait = 100 * time.Millisecond
	// forever is longer than any lease.
	forever = time.Duration(math.MaxInt64)
	// maxLate is the number of changes that a hint may be late.
	maxLate = 1 << 20
	// maxReplicas limits the factor of the intervals without an answer.
	maxReplicas = 10
)

// hear makes the next poll read what another replica has told, unless it was read since.
func (w *watcher) hear(told Told) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if told.Number > 0 && w.number-told.Number < maxLate {
		return
	}
	w.count(told.Number)
	w.news = news{isHeard: true, isHidden: w.news.isHidden || told.IsHidden}
	now := time.Now()
	if told.IsHidden { // others follow when it is found
		w.active = now
	}
	w.soon(now)
}

// prepareLead decides what the lease will mean for a poll that reads. The caller must hold the lock.
func (p *poll) prepareLead() {
	if p.peers == nil || !p.reads {
		return
	}
	interval := time.Duration(float64(p.interval(p.caller.Client, p.began, 0)) * p.total.stretch())
	p.lead = lead{
		life: interval + leaseMargin,
		must: !p.ready || p.isHinted || p.news.isHeard || len(p.joining) > 0 || p.list.isBehind() || !p.began.Before(p.lastRead.Add(readingTime)),
		news: p.news,
	}
	if p.isTurn {
		p.lead.within = leaseMargin + interval/10
	}
	p.news, p.isTurn = news{}, false
	for _, t := range p.tickets {
		if p.isWatched(t) {
			p.lead.must = p.lead.must || t.isBehind || t.isUnread
			if t.isApart {
				p.lead.within = forever
			}
		}
	}
}

// takeLead takes the lease for a poll that reads. Without it, the poll reads only if it must.
func (p *poll) takeLead(ctx context.Context) {
	if p.peers == nil || !p.reads {
		return
	}
	p.lead.Lease = p.peers.Lead(ctx, p.callerID, p.lead.life, p.lead.within)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leads, p.followed = p.lead.Leads, time.Now().Add(p.lead.Left)
	if p.leads {
		p.followed = time.Time{}
	}
	if len(p.subs) == 0 { // the last one has left meanwhile
		p.resign()
	}
	if p.lead.Known && p.sync(p.lead.Changes) && p.ready { // a hint was lost
		p.lead.news = news{isHeard: true, isHidden: true}
	}
	p.reads = p.leads || !p.lead.Known || p.lead.must || p.lead.news.isHeard
	if !p.reads {
		return
	}
	if p.lead.news.isHeard {
		p.list.owed = wholePass
	}
	if p.lead.news.isHidden {
		for _, t := range p.tickets {
			t.read = time.Time{}
		}
	}
}

// follow ends a poll that another replica makes. The next one tries when that replica's lease can end.
func (p *poll) follow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.cancel = false, nil
	now := time.Now()
	p.setLoad(0)
	interval := p.lead.life - leaseMargin
	due := now.Add(interval)
	if p.lead.Left > 0 {
		due = now.Add(min(interval, p.lead.Left+time.Millisecond))
	}
	if p.isTurn = !due.Before(p.turn()); p.isTurn { // shortly before the leader's next poll
		due = now.Add(max(0, p.lead.Left-leaseMargin-interval/50))
	}
	if last := p.lastRead.Add(readingTime); last.Before(due) { // then it is no longer known what a client may have read
		due = last
	}
	if earliest := now.Add(minWait); due.Before(earliest) { // an answer may be anything
		due = earliest
	}
	p.dueBy(due, now)
}

// turn returns the time from which this replica polls, though another one leads.
func (w *watcher) turn() time.Time {
	turn := w.lastRead.Add(turnInterval)
	for _, t := range w.tickets {
		if at := t.read.Add(historyInterval); w.isWatched(t) && at.Before(turn) {
			turn = at
		}
	}
	return turn
}

// tellFound tells the other replicas what a poll has found. The caller must hold the lock.
func (p *poll) tellFound(err error, now time.Time) {
	if p.peers == nil {
		return
	}
	if err != nil {
		if model.CodeOf(err) != model.CodeRateLimited { // another replica may reach mStudio
			p.resign()
		}
		return
	}
	p.lastRead = p.began
	switch heard := p.lead.news; {
	case p.changes > 0:
		p.found, p.untold = p.began, true
	case heard.isHeard && !heard.isRepeat && p.began.Sub(p.found) >= lately:
		heard.isRepeat = true
		p.news = heard
		p.dueBy(p.began.Add(repeatAfter), now)
	}
	if p.leads && p.untold { // a replica that does not lead waits until the leader has found the same, or no longer leads
		p.untold = false
		p.tell(p.isHidden)
	}
}

// alone returns the factor of the interval that keeps the polls of all replicas the same if they cannot share them.
func (p *poll) alone() float64 {
	if p.peers == nil || p.lead.Known {
		return 1
	}
	return float64(min(max(p.peers.Replicas(), 1), maxReplicas))
}
