package model

// ConversationPayload is the result of a write to a conversation.
type ConversationPayload struct {
	// ConversationID is nil if no conversation was created.
	ConversationID *string
	UserErrors     []*UserError
	// IsUnchanged reports that nothing was written.
	IsUnchanged bool
}

// MessagePayload is the result of a write to a message.
type MessagePayload struct {
	ConversationID string
	// MessageID is nil if no message was created.
	MessageID  *string
	UserErrors []*UserError
}

// The payloads of the schema.
type (
	CreateConversationPayload    = ConversationPayload
	UpdateConversationPayload    = ConversationPayload
	SetConversationStatusPayload = ConversationPayload
	CloseConversationResult      = ConversationPayload
	MarkConversationReadResult   = ConversationPayload
	CloseConversationsPayload    = ConversationsPayload
	MarkConversationsReadPayload = ConversationsPayload
	SendMessagePayload           = MessagePayload
	EditMessagePayload           = MessagePayload
)

// ConversationsPayload is the result of a write to several conversations.
type ConversationsPayload struct {
	// Written holds one entry per ID, in the order of the input.
	Written    []ConversationWrite
	UserErrors []*UserError
}

// ConversationWrite is the result of a write to one of several conversations, or an error that the caller cannot fix.
type ConversationWrite struct {
	Result *ConversationPayload
	Err    error
}
