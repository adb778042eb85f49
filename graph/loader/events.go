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

// unknownConversation stands for a new conversation whose ID could not be read. No conversation has this ID, so only
// reads of lists wait for its event; the caller finds the conversation there.
const unknownConversation = "00000000-0000-0000-0000-000000000000"

// notifications stands for the caller's notifications among the conversations with events. Only reads of notifications wait
// for its event, because conversations do not change with them.
const notifications = "00000000-0000-0000-0000-000000000001"

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
