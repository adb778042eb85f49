package model

// SendMessagePayload is what became of a message.
type SendMessagePayload struct {
	ConversationID string
	// MessageID is nil if there are user errors.
	MessageID  *string
	UserErrors []*UserError
}
