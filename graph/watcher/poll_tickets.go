package watcher

import (
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// parallelTickets is the number of tickets that are read at once.
const parallelTickets = 8

// readTickets reads the conversations that subscriptions watch, and sends their changes.
func (p *poll) readTickets() error {
	tickets, needed := p.watched()
	readings := make([]ticketReading, len(tickets))
	var group errgroup.Group
	group.SetLimit(parallelTickets)
	for i, t := range tickets {
		group.Go(func() (err error) {
			defer func() {
				if broken := panicked(recover()); broken != nil {
					err = broken
				}
			}()
			readings[i] = t.fetch(p.ctx, p.loaders, needed[t])
			return unauthorized(readings[i].err)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, t := range tickets {
		p.sendTicket(t, readings[i])
	}
	return nil
}

// watched returns the tickets that subscriptions watch. The history is needed if a client has missed something, and for edits.
func (p *poll) watched() (tickets []*ticket, needed map[*ticket]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	needed = map[*ticket]bool{}
	for _, s := range p.subs {
		if s.ticket == nil || s.isNew() { // it has joined during this poll
			continue
		}
		if !slices.Contains(tickets, s.ticket) {
			tickets = append(tickets, s.ticket)
		}
		needed[s.ticket] = needed[s.ticket] || s.after != nil || p.began.Sub(s.ticket.read) >= historyInterval
	}
	return tickets, needed
}

// sendTicket takes over what was read of a ticket, sends its changes and starts subscriptions.
func (p *poll) sendTicket(t *ticket, r ticketReading) {
	p.mu.Lock()
	joining := slices.DeleteFunc(slices.Clone(p.joining), func(s *Subscriber) bool { return s.ticket != t })
	subs := p.started(func(s *Subscriber) bool { return s.ticket == t })
	isMissing := rest.IsHidden(r.err)
	t.isUnread = r.err != nil && !isMissing
	isDoubtful := r.isOld || isMissing && !t.missing
	isChanged := false
	switch {
	case isDoubtful:
		t.doubt, t.missing = r.isOld, isMissing
	case r.err == nil:
		isListed := t.last != lastMessageAt(r.row) || t.hash != hashConversation(r.row)
		isChanged = t.merge(r, p.list.number+1, p.began)
		p.list.number = max(p.list.number, t.changed)
		p.note(time.Unix(0, t.last), isChanged)
		p.isHidden = p.isHidden || isChanged && !isListed
	}
	p.mu.Unlock()
	if isChanged || len(joining) > 0 {
		p.client.Refresh()
	}
	switch {
	case isDoubtful:
	case isMissing:
		p.end(t, append(subs, joining...))
	case r.err != nil:
		p.failJoining(joining, r.err)
	default:
		if isChanged {
			p.changes++
			p.sendNews(t, r, subs, t.changed-1)
		}
		for _, s := range joining {
			p.startTicket(s, r)
			p.start(s)
		}
	}
}

// sendNews sends what has changed of a ticket since a change.
func (p *poll) sendNews(t *ticket, r ticketReading, subs []*Subscriber, number uint32) {
	defer p.forgetShared()
	added, changed := t.news(r.history, number)
	for _, s := range subs {
		found := newConversationChange(model.ConversationChanged, s.at(t.changed))
		found.Conversation, found.NewMessages, found.ChangedMessages = r.row, added, changed
		found.IsDoubtful = r.isDoubtful
		p.send(s, key{}, found, "changed", r.row)
	}
}

// startTicket sends what a client has missed of a ticket and SYNCED, or RESYNC if that is not known.
func (p *poll) startTicket(s *Subscriber, r ticketReading) {
	if after := s.after; after != nil {
		if after.epoch != p.epoch || after.number > p.list.number || after.number < s.ticket.since {
			p.resync(s, "old_cursor")
			return
		}
		if s.ticket.changed > after.number {
			p.sendNews(s.ticket, r, []*Subscriber{s}, after.number)
		}
	}
	p.sendOnce(s, s.synced(r, p.list.number))
}

// end ends the subscriptions to a conversation that the caller cannot see.
func (p *poll) end(t *ticket, subs []*Subscriber) {
	for _, s := range subs {
		p.sendOnce(s, newConversationChange(model.ConversationGone, s.at(p.list.number)))
		s.finish(&End{})
		p.start(s)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range subs {
		p.remove(s)
	}
	delete(p.tickets, t.id)
}

func (p *poll) failJoining(joining []*Subscriber, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range joining {
		if slices.Contains(p.subs, s) && !s.started {
			s.fail(err)
			p.remove(s)
		}
	}
}
