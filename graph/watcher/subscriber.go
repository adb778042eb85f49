package watcher

import (
	"time"

	"mstudio-graphql/graph/model"
)

// Subscriber holds the results of a subscription until they are written.
type Subscriber struct {
	pending

	watcher *watcher
	sub     Subscription
	target  uint64
	after   *cursor   // of the client, until the subscription has started
	reads   time.Time // when the client was last told to read the list; only polls use it

	// The watcher's lock guards what follows.
	bit     uint64  // of the filter; 0 for a conversation
	ticket  *ticket // nil for an inbox
	tried   bool    // whether a poll has tried to start it
	started bool    // whether changes are sent
	settled chan struct{}
	err     error // if it has not started, after settled is closed
}

// readingTime is how long a client may take to read the list after it was told to, and the next poll to see the same.
const readingTime = 5 * time.Minute

// Close ends the subscription. It may be called twice.
func (s *Subscriber) Close() {
	s.discard()
	s.watcher.leave(s)
}

// isNew reports whether the subscription waits for its first poll.
func (s *Subscriber) isNew() bool { return !s.started && !s.tried }

// start makes the subscription get changes from now on. The caller must hold the watcher's lock.
func (s *Subscriber) start() {
	s.started, s.after = true, nil
	close(s.settled)
}

// fail ends a subscription that has not started. The caller must hold the watcher's lock.
func (s *Subscriber) fail(err error) {
	s.err = err
	close(s.settled)
}

// at returns the cursor of a change.
func (s *Subscriber) at(number uint32) string {
	return cursor{epoch: s.watcher.epoch, target: s.target, number: number}.String()
}

// synced returns the first change of a subscription. The row is nil for an inbox.
func (s *Subscriber) synced(r ticketReading, number uint32) any {
	if s.ticket == nil {
		return &model.InboxChange{Kind: model.InboxSynced, Cursor: s.at(number)}
	}
	change := newConversationChange(model.ConversationSynced, s.at(number))
	change.Conversation = r.row
	return change
}

// resync returns the change that takes the place of others.
func (s *Subscriber) resync(number uint32) any {
	if s.ticket == nil {
		return &model.InboxChange{Kind: model.InboxResync, Cursor: s.at(number)}
	}
	return newConversationChange(model.ConversationResync, s.at(number))
}

// inboxChange returns a change for a subscription whose filter matches or matched the row, or nil. A client that has read the
// list lately may have a state of the row that no poll has seen.
func (s *Subscriber) inboxChange(c change, id string, now time.Time) *model.InboxChange {
	found := &model.InboxChange{Cursor: s.at(c.number), Conversation: c.row, ConversationID: &id}
	switch was, is := c.was&s.bit != 0, c.is&s.bit != 0; {
	case was && is:
		found.Kind = model.InboxChanged
	case is:
		found.Kind = model.InboxAdded
	case was, now.Sub(s.reads) < readingTime:
		found.Kind, found.Conversation = model.InboxRemoved, nil
	default:
		return nil
	}
	return found
}

func newConversationChange(kind model.ConversationChangeKind, cursor string) *model.ConversationChange {
	return &model.ConversationChange{Kind: kind, Cursor: cursor}
}
