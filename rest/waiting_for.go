package rest

// WaitingFor is the side that has to act next in a conversation.
type WaitingFor string

// The sides.
const (
	WaitingForSupport  WaitingFor = "support"
	WaitingForCustomer WaitingFor = "customer"
	WaitingForNobody   WaitingFor = "nobody" // the conversation is closed
)

// WaitingFor returns the side that has to act next, or "" if it is unknown. The newest message decides rather than the
// status, because mStudio does not document that a reply changes the status, and its own UI does not distinguish open from
// answered.
func (c *Conversation) WaitingFor() WaitingFor {
	switch {
	case c.Status == StatusClosed:
		return WaitingForNobody
	case c.Status == StatusInProgress:
		return WaitingForSupport
	case c.LastMessage != nil && c.LastMessage.CreatedBy != nil:
		return answerer(c.LastMessage.CreatedBy)
	case c.Status == StatusOpen:
		return WaitingForSupport
	case c.Status == StatusAnswered:
		return WaitingForCustomer
	}
	return ""
}

// answerer returns the side that has to answer a message of a user.
func answerer(author *User) WaitingFor {
	if author.IsStaff() {
		return WaitingForCustomer
	}
	return WaitingForSupport
}
