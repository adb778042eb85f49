package model

import "mstudio-graphql/rest"

// InboxChangeKind is the kind of a change of the inbox.
type InboxChangeKind string

// Kinds of changes of the inbox.
const (
	InboxSynced  InboxChangeKind = "SYNCED"
	InboxAdded   InboxChangeKind = "ADDED"
	InboxChanged InboxChangeKind = "CHANGED"
	InboxRemoved InboxChangeKind = "REMOVED"
	InboxResync  InboxChangeKind = "RESYNC"
)

// InboxChange is a change of the caller's conversations.
type InboxChange struct {
	Kind           InboxChangeKind
	Cursor         string
	Conversation   *rest.Conversation // nil for SYNCED, REMOVED and RESYNC
	ConversationID *string            // nil for SYNCED and RESYNC
}

// ConversationChangeKind is the kind of a change of a conversation.
type ConversationChangeKind string

// Kinds of changes of a conversation.
const (
	ConversationSynced  ConversationChangeKind = "SYNCED"
	ConversationChanged ConversationChangeKind = "CHANGED"
	ConversationGone    ConversationChangeKind = "GONE"
	ConversationResync  ConversationChangeKind = "RESYNC"
)

// ConversationChange is a change of one conversation and of its messages.
type ConversationChange struct {
	Kind            ConversationChangeKind
	Cursor          string
	Conversation    *rest.Conversation // nil for GONE and RESYNC
	NewMessages     []rest.Message     // oldest first
	ChangedMessages []rest.Message
	// IsDoubtful reports whether messages are hidden because mStudio's value of internal is invalid.
	IsDoubtful bool
}
