// Package watcher polls the conversations of callers who subscribe to changes, and gives each change to their subscribers.
package watcher

import (
	"context"
	"encoding/json"

	"mstudio-graphql/rest"
)

// Caller is somebody whose conversations are watched.
type Caller struct {
	// Key identifies the caller: a fingerprint of the token.
	Key string
	// Client has the caller's token. Each poll derives its own from it.
	Client *rest.Client
}

// Target is what a subscription watches. A resolver makes it from the arguments.
type Target struct {
	// Filter selects conversations of the inbox. It is nil if ConversationID is set.
	Filter *Filter
	// ConversationID is the conversation to watch, in lower case.
	ConversationID string
	// After is the cursor of the last change that the client has processed, or "".
	After string
}

// Filter selects conversations by their rows in the list.
type Filter struct {
	// Key is equal for filters that match the same rows.
	Key   string
	Match func(row *rest.Conversation) bool
}

// Subscription is one operation that watches a target.
type Subscription struct {
	Caller Caller
	Target Target
	// Key is equal for subscriptions of a caller whose Render returns the same bytes. Each change is rendered once for all of
	// them.
	Key string
	// Render returns the response for a change, a *model.InboxChange or *model.ConversationChange, as JSON. The context is that
	// of a poll and carries its loaders.
	Render func(ctx context.Context, change any) []byte
	// Fail returns the GraphQL errors for an error that ends the subscription, as a JSON array.
	Fail func(err error) json.RawMessage
}

// End is why no results follow.
type End struct {
	// Errors is a JSON array of GraphQL errors, or nil if the subscription is complete.
	Errors json.RawMessage
	// Unauthenticated reports that mStudio rejects the token.
	Unauthenticated bool
}
