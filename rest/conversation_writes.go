package rest

import (
	"context"
	"net/http"
)

// Link points to an object that a conversation is to be about, or to be shared with.
type Link struct {
	Domain    string `json:"domain"`
	Aggregate string `json:"aggregate"`
	ID        string `json:"id"`
}

// NewConversation is what a conversation is opened with. The API requires nothing of it, and decides about what is left
// out.
type NewConversation struct {
	Title string `json:"title,omitempty"`
	// Message is the first message, of at most 8000 characters.
	Message    string `json:"messageContent,omitempty"`
	CategoryID string `json:"categoryId,omitempty"`
	// MainUserID is whose conversation it is on the customer's side.
	MainUserID        string             `json:"mainUserId,omitempty"`
	NotificationRoles []NotificationRole `json:"notificationRoles,omitempty"`
	// RelatedTo is one of the seven types of [RelatedTo], and SharedWith one of the four of [SharedWith].
	RelatedTo  *Link `json:"relatedTo,omitempty"`
	SharedWith *Link `json:"sharedWith,omitempty"`
}

// ConversationChange is what of a conversation is to change. What is left out stays as it is.
type ConversationChange struct {
	Title      string `json:"title,omitempty"`
	CategoryID string `json:"categoryId,omitempty"`
	RelatedTo  *Link  `json:"relatedTo,omitempty"`
}

const statusRoute route = "/conversations/{conversationId}/status"

// CreateConversation opens a conversation. It returns the conversation's id. The error has [BadInput] with what the API
// does not accept.
func (c *Client) CreateConversation(ctx context.Context, conversation NewConversation) (*Written, error) {
	return c.write(ctx, put{http.MethodPost, conversationsRoute, nil, conversation}, "conversationId")
}

// UpdateConversation changes what a conversation is about. It returns the conversation's id. The error has [BadInput]
// with what the API does not accept, [NotFound] or [Forbidden].
func (c *Client) UpdateConversation(ctx context.Context, id string, change ConversationChange) (*Written, error) {
	return c.write(ctx, put{http.MethodPut, conversationRoute, []string{id}, change}, "conversationId")
}

// SetConversationStatus says how far a conversation is. The API knows "open", "answered" and "closed" here. It returns
// the conversation's id. The error has [NotFound] or [Forbidden].
func (c *Client) SetConversationStatus(ctx context.Context, id string, status ConversationStatus) (*Written, error) {
	body := struct {
		Status ConversationStatus `json:"status"`
	}{status}
	return c.write(ctx, put{http.MethodPut, statusRoute, []string{id}, body}, "conversationId")
}
