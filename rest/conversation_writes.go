package rest

import (
	"context"
	"net/http"
)

// Link points to the subject of a conversation, or to the user or group to share it with.
type Link struct {
	Domain    string `json:"domain"`
	Aggregate string `json:"aggregate"`
	ID        string `json:"id"`
}

// NewConversation holds the fields of a new conversation. mStudio requires none of them and chooses the values of
// absent ones.
type NewConversation struct {
	Title string `json:"title,omitempty"`
	// Message is the first message, at most 8000 characters.
	Message    string `json:"messageContent,omitempty"`
	CategoryID string `json:"categoryId,omitempty"`
	// MainUserID is the customer's user to whom the conversation belongs.
	MainUserID        string             `json:"mainUserId,omitempty"`
	NotificationRoles []NotificationRole `json:"notificationRoles,omitempty"`
	// RelatedTo is an object of one of the seven types of [RelatedTo], SharedWith of one of the four of [SharedWith].
	RelatedTo  *Link `json:"relatedTo,omitempty"`
	SharedWith *Link `json:"sharedWith,omitempty"`
}

// ConversationChange lists the fields to update. Zero values leave a field unchanged.
type ConversationChange struct {
	Title      string `json:"title,omitempty"`
	CategoryID string `json:"categoryId,omitempty"`
	RelatedTo  *Link  `json:"relatedTo,omitempty"`
}

const statusRoute route = "/conversations/{conversationId}/status"

// CreateConversation opens a conversation and returns its ID. The error has [BadInput] and the rejected fields.
func (c *Client) CreateConversation(ctx context.Context, conversation NewConversation) (*Written, error) {
	return c.write(ctx, put{http.MethodPost, conversationsRoute, nil, conversation}, "conversationId")
}

// UpdateConversation updates fields of a conversation and returns its ID. The error has [BadInput] and the rejected fields,
// [NotFound] or [Forbidden].
func (c *Client) UpdateConversation(ctx context.Context, id string, change ConversationChange) (*Written, error) {
	return c.write(ctx, put{http.MethodPut, conversationRoute, []string{id}, change}, "conversationId")
}

// SetConversationStatus sets the status of a conversation and returns its ID. mStudio accepts StatusOpen,
// StatusAnswered and StatusClosed. The error has [NotFound] or [Forbidden].
func (c *Client) SetConversationStatus(ctx context.Context, id string, status ConversationStatus) (*Written, error) {
	body := struct {
		Status ConversationStatus `json:"status"`
	}{status}
	return c.write(ctx, put{http.MethodPut, statusRoute, []string{id}, body}, "conversationId")
}
