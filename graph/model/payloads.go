package model

// ConversationPayload is the result of a write to a conversation.
type ConversationPayload struct {
	// ConversationID is nil if no conversation was created.
	ConversationID *string
	UserErrors     []*UserError
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
	SendMessagePayload           = MessagePayload
	EditMessagePayload           = MessagePayload
)

// CloseConversationsPayload is the result of closeConversations.
type CloseConversationsPayload struct {
	// Closed holds one entry per ID, in the order of the input.
	Closed     []Closing
	UserErrors []*UserError
}

// Closing is the result of closing one conversation, or an error that the caller cannot fix.
type Closing struct {
	Result *CloseConversationResult
	Err    error
}
