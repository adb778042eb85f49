package model

// CreateConversationPayload is what became of a conversation that was to be opened.
type CreateConversationPayload struct {
	// ConversationID is nil if there are user errors.
	ConversationID *string
	UserErrors     []*UserError
}

// UpdateConversationPayload is what became of a change.
type UpdateConversationPayload struct {
	// ID is the conversation's.
	ID         string
	UserErrors []*UserError
}

// SetConversationStatusPayload is what became of a change of status.
type SetConversationStatusPayload struct {
	// ID is the conversation's.
	ID         string
	UserErrors []*UserError
}

// CloseConversationsPayload is what became of conversations that were to be closed.
type CloseConversationsPayload struct {
	// Closed holds what became of each, in the order of the ids.
	Closed     []Closing
	UserErrors []*UserError
}

// Closing is what became of one conversation: either a result, or an error that is nobody's to put right.
type Closing struct {
	Result *CloseConversationResult
	Err    error
}

// CloseConversationResult is what became of one conversation.
type CloseConversationResult struct {
	ConversationID string
	UserErrors     []*UserError
}

// SendMessagePayload is what became of a message.
type SendMessagePayload struct {
	ConversationID string
	// MessageID is nil if there are user errors.
	MessageID  *string
	UserErrors []*UserError
}

// EditMessagePayload is what became of an edited message.
type EditMessagePayload struct {
	ConversationID, MessageID string
	UserErrors                []*UserError
}
