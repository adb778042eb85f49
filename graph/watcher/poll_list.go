package watcher

import (
	"errors"
	"slices"
	"strings"
	"time"

	"mstudio-graphql/rest"
)

// maxChanges and maxCallsBelow are the maximum number of changes of a poll, and of calls for the fields below them. Beyond, RESYNC
// takes their place.
const maxChanges, maxCallsBelow = 50, 20

// readList reads the list and sends its changes.
func (p *poll) readList() error {
	read, err := p.list.read(p.ctx, p.loaders, p.client, p.config.Rows, p.knownPage(), p.began)
	if err != nil {
		return err
	}
	wasLearned := p.list.learned
	changes, subs := p.mergeList(read)
	p.changes += len(changes)
	if len(changes) > 0 || p.list.learned != wasLearned {
		p.client.Refresh()
	}
	if p.list.learned != wasLearned { // rows that are known now may have changed before
		p.resyncAll(subs, "late_rows")
		return nil
	}
	p.before = p.client.Calls()
	for _, c := range changes {
		if p.isTooMuch(changes) {
			p.resyncAll(subs, "too_many")
			return nil
		}
		p.sendRow(c, subs)
	}
	return nil
}

// knownPage returns the page that need not be decoded if it is the same, or nil if the poll needs its rows.
func (p *poll) knownPage() *rest.Known {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.joining) > 0 || len(p.tickets) > 0 {
		return nil
	}
	return p.list.known
}

// isTooMuch reports whether RESYNC is better than the changes.
func (p *poll) isTooMuch(changes []change) bool {
	return len(changes) > maxChanges || p.client.Calls()-p.before > maxCallsBelow || p.ctx.Err() != nil
}

// mergeList takes over what was read of the list, and returns its changes and the subscriptions to it.
func (p *poll) mergeList(read *reading) ([]change, []*Subscriber) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !read.isSame { // else a ticket has joined since the call began, and the rows are not known
		p.findApart(read)
	}
	changes := p.list.merge(read, p.matches, p.config.Rows, p.began)
	p.note(time.Unix(0, p.list.latest(p.began)), len(changes) > 0)
	return changes, p.started(func(s *Subscriber) bool { return s.ticket == nil })
}

// findApart finds the tickets that the first page does not show. A replica that polls for others reads other pages in turn.
func (p *poll) findApart(read *reading) {
	first := read.rows[:min(len(read.rows), pageSize)]
	for _, t := range p.tickets {
		t.isApart = !slices.ContainsFunc(first, func(row *rest.Conversation) bool { return row.ID == t.id })
	}
}

// sendRow sends a change of a row to the subscriptions that it concerns.
func (p *poll) sendRow(c change, subs []*Subscriber) {
	id := c.id.String()
	if c.row != nil {
		id = c.row.ID
	}
	defer p.forgetShared()
	for _, s := range subs {
		if found := s.inboxChange(c, id, p.began); found != nil {
			p.send(s, c.id, found, strings.ToLower(string(found.Kind)), c.row)
		}
	}
}

// startInboxes starts the subscriptions to the list that wait for it.
func (p *poll) startInboxes() error {
	if len(p.joining) > 0 { // their clients read the list after SYNCED
		p.client.Refresh()
	}
	for _, s := range p.joining {
		if s.ticket != nil {
			continue
		}
		if err := p.startInbox(s); err != nil {
			return err
		}
		p.start(s)
	}
	return nil
}

// startInbox sends what a client has missed and SYNCED, or RESYNC if that is not known.
func (p *poll) startInbox(s *Subscriber) error {
	if s.after != nil {
		missed, ok := p.since(s.after.number)
		if !ok || s.after.epoch != p.epoch || len(missed) > maxChanges {
			p.resync(s, "old_cursor")
			return nil
		}
		before := p.client.Calls()
		for _, c := range missed {
			if err := p.fill(&c, s); err != nil || p.client.Calls()-before > maxCallsBelow {
				p.resync(s, "too_many")
				return unauthorized(err)
			}
			p.sendRow(c, []*Subscriber{s})
		}
	}
	s.reads = p.began // or shortly before, if it has a cursor
	p.sendOnce(s, s.synced(ticketReading{}, p.list.number))
	return nil
}

// since returns the missed changes. It holds the lock, because a subscription that joins changes the rows' bits.
func (p *poll) since(number uint32) (missed []change, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list.since(number)
}

// errOlder is the error for a row that is older than what was known before.
var errOlder = errors.New("watcher: the row is older than the digest")

// fill completes a missed change with the conversation as it is now.
func (p *poll) fill(c *change, s *Subscriber) error {
	c.was = s.bit
	if c.isGone {
		return nil
	}
	row, err := p.loaders.Conversation.Load(p.ctx, c.id.String())
	if rest.IsHidden(err) {
		return nil
	}
	if err == nil && lastMessageAt(row) < c.last {
		return errOlder
	}
	if err == nil && s.sub.Target.Filter.Match(row) {
		c.row, c.is = row, s.bit
	}
	return err
}
