package sandbox

import (
	"errors"
	"fmt"
	"time"
)

// writer changes conversations. Its methods run under the router's write lock.
type writer struct {
	conversations *conversations
	users         users
	categories    categories
	uploads       *uploads
	events        *eventLog
	notifications *notifications
	now           func() time.Time

	created   int       // number of new IDs
	changedAt time.Time // time of the last change
}

// change applies one operation to the newest version of a conversation, which it owns. The change becomes visible as a
// whole if change returns no error and the body has no validation error.
type change func(c *caller, conv *conversation, b *body) (any, error)

// changing returns an operation that changes the conversation that the path names. The caller must already see the
// conversation; the change applies to its newest version.
func (wr *writer) changing(status int, apply change) func(c *caller, b *body) (response, error) {
	return func(c *caller, b *body) (response, error) {
		visible, err := wr.conversations.inPath(c, b.request)
		if err != nil {
			return response{}, err
		}
		newest := wr.conversations.byID[visible.ID].clone()
		result, err := apply(c, newest, b)
		if err := errors.Join(err, b.err()); err != nil {
			return response{}, err
		}
		return wr.commit(newest, status, result), nil
	}
}

// commit makes a version of a conversation the newest, notifies its readers of new messages, and responds with the event
// that reads can wait for.
func (wr *writer) commit(conv *conversation, status int, result any) response {
	header, due := wr.events.commit()
	conv.visibleAt = due
	known := 0
	if before := wr.conversations.byID[conv.ID]; before != nil {
		known = len(before.messages)
	}
	for _, m := range conv.messages[known:] {
		if m.Type == typeMessage {
			wr.notifications.add(conv, m, false, due)
		}
	}
	wr.conversations.replace(conv, time.Now())
	return response{status: status, header: header, body: result}
}

// newID returns the ID of a new object. Equal changes to equal sandboxes get equal IDs.
func (wr *writer) newID(kind string) string {
	wr.created++
	return newID("made", kind, fmt.Sprint(wr.created))
}

// tick returns the time of a change: now, or just after the last change if that is later.
func (wr *writer) tick() timestamp {
	now := wr.now().UTC().Truncate(time.Millisecond)
	if !now.After(wr.changedAt) {
		now = wr.changedAt.Add(time.Millisecond)
	}
	wr.changedAt = now
	return timestamp{now}
}
