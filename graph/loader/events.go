package loader

import (
	"slices"
	"sync"

	"mstudio-graphql/rest"
)

// Event is the event of a write to a conversation.
type Event struct {
	// ConversationID is canonical.
	ConversationID string
	ID             rest.EventID
}

// events holds the events that an operation's reads must have reached: those of the operation's writes, and those
// that the client has sent.
type events struct {
	mu    sync.Mutex
	known []Event // at most one per conversation, the latest write last
	wrote bool
	// stale ends all waiting. missed reports that an event is not waited for because it is unknown.
	stale, missed bool
}

func (e *events) add(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if event.ID == "" {
		return
	}
	at := e.find(event.ConversationID)
	if at < 0 {
		e.known = append(e.known, event)
		return
	}
	if e.known[at].ID.Later(event.ID) {
		event = e.known[at]
	}
	e.known = append(slices.Delete(e.known, at, at+1), event)
}

// written adds the event of one of the operation's own writes.
func (e *events) written(event Event) {
	e.add(event)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wrote = e.wrote || event.ID != ""
}

func (e *events) find(conversationID string) int {
	return slices.IndexFunc(e.known, func(known Event) bool { return known.ConversationID == conversationID })
}

// of returns the event that reads of a conversation wait for, or "". The ID may be in any spelling.
func (e *events) of(conversationID string) rest.EventID {
	e.mu.Lock()
	isStale := e.stale
	e.mu.Unlock()
	if isStale {
		return ""
	}
	return e.about(conversationID)
}

// about returns the event of a conversation, waited for or not, or "".
func (e *events) about(conversationID string) rest.EventID {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.known) == 0 {
		return ""
	}
	id, err := rest.ParseID(conversationID)
	if err != nil {
		return ""
	}
	if at := e.find(id); at >= 0 {
		return e.known[at].ID
	}
	return ""
}

// last returns the event that reads of lists wait for, or "". The API numbers its events, so the latest one includes all
// others.
func (e *events) last() (latest rest.EventID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale {
		return ""
	}
	for _, event := range e.known {
		if event.ConversationID != notifications && event.ID.Later(latest) {
			latest = event.ID
		}
	}
	return latest
}

// giveUp ends all waiting. If the API did not reach one event in time, each further call would wait as long.
func (e *events) giveUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stale = true
}

// Await makes reads wait for an event that the client has sent.
func (l *Loaders) Await(event Event) { l.events.add(event) }

// AwaitUnknown records that the client has sent an event that reads cannot wait for.
func (l *Loaders) AwaitUnknown() {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	l.events.missed = true
}

// Written returns the events that the client must send to see its changes: those of Await and of this operation's writes,
// the latest write last. It returns nil if this operation has written nothing.
func (l *Loaders) Written() []Event {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	if !l.events.wrote {
		return nil
	}
	return slices.Clone(l.events.known)
}

// Stale reports whether a read may be older than the caller's changes.
func (l *Loaders) Stale() bool {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	return l.events.stale || l.events.missed
}

// clientFor returns the client for calls about a conversation.
func (l *Loaders) clientFor(conversationID string) *rest.Client {
	return l.withEvent(l.events.of(conversationID))
}

// clientForLists returns the client for calls about more than one conversation.
func (l *Loaders) clientForLists() *rest.Client { return l.withEvent(l.events.last()) }

func (l *Loaders) withEvent(event rest.EventID) *rest.Client {
	if event == "" {
		return l.client
	}
	return l.client.AfterEvent(event, l.events.giveUp)
}
