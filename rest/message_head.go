package rest

import (
	"time"
)

// MessageHead holds the fields that all types of message have.
type MessageHead struct {
	// ID is mStudio's ID. If mStudio sends none, as for status updates, it is a UUID derived from the conversation, the
	// type, the time, the content and the position among identical items, so that it is stable.
	ID             string
	ConversationID string
	CreatedAt      time.Time
	// IsInternal marks messages that are not meant for the customer. It is true if the value is invalid.
	IsInternal bool
	// IsDoubtful reports whether IsInternal is true because the value is invalid.
	IsDoubtful bool
}

// Head returns the receiver.
func (h *MessageHead) Head() *MessageHead { return h }
