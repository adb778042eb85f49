package loader

import (
	"sync"

	"mstudio-graphql/rest"
)

// events is which events the caller's reads must have reached, by conversation: those of the operation's own writes,
// and those that the caller has seen the answers of before. They belong to one operation of one caller, as everything
// here does.
type events struct {
	mu             sync.Mutex
	byConversation map[string]rest.EventID // by canonical id
	latest         rest.EventID
	stale          bool
}

func (e *events) add(conversationID string, event rest.EventID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if event == "" {
		return
	}
	if e.byConversation == nil {
		e.byConversation = map[string]rest.EventID{}
	}
	if event.Later(e.byConversation[conversationID]) {
		e.byConversation[conversationID] = event
	}
	if event.Later(e.latest) {
		e.latest = event
	}
}

// of returns what calls about a conversation wait for, "" if for nothing. Its id may be in any spelling.
func (e *events) of(conversationID string) rest.EventID {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale || len(e.byConversation) == 0 {
		return ""
	}
	id, err := rest.ParseID(conversationID)
	if err != nil {
		return ""
	}
	return e.byConversation[id]
}

// last returns what reads about several conversations wait for: the API counts its events, so the latest includes all.
func (e *events) last() rest.EventID {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale {
		return ""
	}
	return e.latest
}

// giveUp ends all waiting: an API that did not reach one event in time would let each further call wait as long.
func (e *events) giveUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stale = true
}

// about returns the client for calls about a conversation.
func (l *Loaders) about(conversationID string) *rest.Client {
	return l.after(l.events.of(conversationID))
}

// aboutAll returns the client for calls about no conversation in particular.
func (l *Loaders) aboutAll() *rest.Client {
	return l.after(l.events.last())
}

func (l *Loaders) after(event rest.EventID) *rest.Client {
	if event == "" {
		return l.client
	}
	return l.client.AfterEvent(event, l.events.giveUp)
}

// Stale reports whether something that was read may be older than what the caller has written.
func (l *Loaders) Stale() bool {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	return l.events.stale
}
