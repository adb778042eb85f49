package watcher

import (
	"context"

	"mstudio-graphql/graph/loader"
)

// Hub polls for all callers of a process.
type Hub struct{}

// New returns a Hub that watches nothing.
func New(Config) (*Hub, error) { panic("the next commit") }

// Subscribe starts a subscription. It returns an error instead if mStudio rejects the caller's token or cannot be reached,
// if `after` belongs to another subscription, or if the caller has too many.
func (h *Hub) Subscribe(context.Context, Subscription) (*Subscriber, error) {
	panic("the next commit")
}

// Wrote tells the subscriptions of a caller that the caller has written. They are polled at once.
func (h *Hub) Wrote(caller string, events []loader.Event) {}

// Hint tells the subscriptions to conversations with these IDs that they may have changed.
func (h *Hub) Hint(conversationIDs []string) {}

// State returns what the hub watches.
func (h *Hub) State() State { return State{Stretch: 1} }

// Close stops all polls and waits for those that run. No subscription gets further results.
func (h *Hub) Close() {}

// Subscriber holds the results of a subscription until they are written.
type Subscriber struct{}

// Notify sets the function that is called whenever Take has something to return. It is called at once if that is already the
// case, and must not block.
func (s *Subscriber) Notify(func()) {}

// Take returns the results that wait, oldest first. If end is not nil, none will follow.
func (s *Subscriber) Take() (results [][]byte, end *End) { return nil, nil }

// Close ends the subscription. It may be called twice.
func (s *Subscriber) Close() {}
