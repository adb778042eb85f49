package watcher

import (
	"bytes"
	"context"
	"slices"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// historyInterval is how often a history is read without a change of its conversation, because edits do not show there.
const historyInterval = 5 * time.Minute

// settling is how long a history may lack the message that its conversation has announced, because the API's reads may be of
// different ages.
const settling = 15 * time.Second

// ticket is the digest of a conversation that subscriptions watch, and of its messages.
type ticket struct {
	id    string
	known bool
	since uint32 // number of the watcher's last change when the ticket became known
	left  time.Time

	last     int64
	hash     uint64
	changed  uint32 // number of the last change
	doubt    bool   // whether the last poll has shown an older state
	missing  bool   // whether it has shown none
	isUnread bool   // whether it could not be read
	isApart  bool   // whether the first page of the list does not show it

	messages []message // sorted by ID
	read     time.Time // when the history was read
	moved    time.Time // when the conversation was seen to change
	isBehind bool      // whether the history must be read again, because it may lack the newest message
}

// message is what is known of a message.
type message struct {
	id             key
	hash           uint64
	added, changed uint32 // numbers of changes
}

// ticketReading is what a poll has read of a ticket.
type ticketReading struct {
	row       *rest.Conversation
	history   []rest.Message
	isOld     bool // the row is older than the known one
	isHistory bool // whether the history was read
	isBehind  bool // whether it lacks the newest message
	// isDoubtful reports whether messages are left out because mStudio's value of internal is invalid.
	isDoubtful bool
	err        error
}

// fetch reads the conversation, which costs no call if the list has it, and its history if something has changed or it is
// needed.
func (t *ticket) fetch(ctx context.Context, loaders *loader.Loaders, isNeeded bool) (r ticketReading) {
	if r.row, r.err = loaders.Conversation.Load(ctx, t.id); r.err != nil {
		return r
	}
	last, hash := lastMessageAt(r.row), hashConversation(r.row)
	if r.isOld = t.known && last < t.last && !t.doubt; r.isOld {
		return r
	}
	isSame := t.known && last == t.last && hash == t.hash
	if r.isHistory = isNeeded || !isSame || t.isBehind; r.isHistory {
		r.history, r.err = loaders.Messages.Load(ctx, t.id)
		r.isBehind = isOlder(r.history, last)
		r.isDoubtful = slices.ContainsFunc(r.history, func(m rest.Message) bool { return m.Head().IsDoubtful })
		r.history = slices.DeleteFunc(slices.Clone(r.history), func(m rest.Message) bool { return m.Head().IsInternal })
	}
	return r
}

// isOlder reports whether the newest message of a history is from before a time. Times may be rounded differently.
func isOlder(history []rest.Message, last int64) bool {
	return len(history) == 0 || history[len(history)-1].Head().CreatedAt.Add(time.Second).UnixNano() < last
}

// merge takes over what was read, and reports whether something has changed. number is that of the change.
func (t *ticket) merge(r ticketReading, number uint32, now time.Time) (isChanged bool) {
	last, hash := lastMessageAt(r.row), hashConversation(r.row)
	isChanged = last != t.last || hash != t.hash
	t.last, t.hash, t.doubt, t.missing = last, hash, false, false
	if isChanged || !t.known {
		t.moved = now
	}
	if r.isHistory {
		t.read = now
		t.isBehind = r.isBehind && now.Sub(t.moved) < settling && now.Sub(time.Unix(0, last)) < settling
		for _, item := range r.history {
			isChanged = t.see(item, number) || isChanged
		}
	}
	if !t.known {
		t.known, t.since, t.changed = true, number, number
		return false
	}
	if isChanged {
		t.changed = number
	}
	return isChanged
}

// see compares a message, and reports whether it is new or has changed.
func (t *ticket) see(item rest.Message, number uint32) bool {
	id, hash := keyOf(item.Head().ID), hashMessage(item)
	i, found := t.find(id)
	switch {
	case !found:
		t.messages = slices.Insert(t.messages, i, message{id: id, hash: hash, added: number, changed: number})
	case t.messages[i].hash != hash:
		t.messages[i].hash, t.messages[i].changed = hash, number
	default:
		return false
	}
	return true
}

func (t *ticket) find(id key) (int, bool) {
	return slices.BinarySearchFunc(t.messages, id, func(m message, id key) int { return bytes.Compare(m.id[:], id[:]) })
}

// news returns the messages of a history that are new and those that have changed since a change, oldest first.
func (t *ticket) news(history []rest.Message, number uint32) (added, changed []rest.Message) {
	added, changed = []rest.Message{}, []rest.Message{}
	for _, item := range history {
		i, found := t.find(keyOf(item.Head().ID))
		switch {
		case !found:
		case t.messages[i].added > number:
			added = append(added, item)
		case t.messages[i].changed > number:
			changed = append(changed, item)
		}
	}
	return added, changed
}
