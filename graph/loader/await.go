package loader

import "slices"

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
