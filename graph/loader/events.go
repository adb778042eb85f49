package loader

import (
	"slices"
	"sync"

	"mstudio-graphql/rest"
)

// Event is what a write has caused in a conversation.
type Event struct {
	// ConversationID is in its canonical form.
	ConversationID string
	ID             rest.EventID
}

// events is which events the caller's calls must have reached: those of the operation's own writes, and those that the
// caller has named. They belong to one operation of one caller, as everything here does.
type events struct {
	mu    sync.Mutex
	known []Event // one for each conversation; what was written last is last
	wrote bool
	stale bool
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

// written is add for what this operation has changed itself.
func (e *events) written(event Event) {
	e.add(event)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wrote = e.wrote || event.ID != ""
}

func (e *events) find(conversationID string) int {
	return slices.IndexFunc(e.known, func(known Event) bool { return known.ConversationID == conversationID })
}

// of returns what calls about a conversation wait for, "" if for nothing. Its id may be in any spelling.
func (e *events) of(conversationID string) rest.EventID {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale || len(e.known) == 0 {
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

// last returns what calls about several conversations wait for: the API counts its events, so the latest one includes
// all others.
func (e *events) last() (latest rest.EventID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale {
		return ""
	}
	for _, event := range e.known {
		if event.ID.Later(latest) {
			latest = event.ID
		}
	}
	return latest
}

// giveUp ends all waiting: an API that did not reach one event in time would let each further call wait as long.
func (e *events) giveUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stale = true
}

// Await lets calls wait for an event of an operation before this one, whose answer the caller has seen.
func (l *Loaders) Await(event Event) { l.events.add(event) }

// Written returns the events that the caller has to name from now on to see all of its changes: those of Await and
// those of this operation, what was written last at the end. There are none if this operation has changed nothing.
func (l *Loaders) Written() []Event {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	if !l.events.wrote {
		return nil
	}
	return slices.Clone(l.events.known)
}

// Stale reports whether something that was read may be older than what the caller has written.
func (l *Loaders) Stale() bool {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	return l.events.stale
}

// about returns the client for calls about a conversation.
func (l *Loaders) about(conversationID string) *rest.Client {
	return l.after(l.events.of(conversationID))
}

// aboutAll returns the client for calls about no conversation in particular.
func (l *Loaders) aboutAll() *rest.Client { return l.after(l.events.last()) }

func (l *Loaders) after(event rest.EventID) *rest.Client {
	if event == "" {
		return l.client
	}
	return l.client.AfterEvent(event, l.events.giveUp)
}
