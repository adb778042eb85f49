package rest

import (
	"context"
	"net/http"
)

// NewMessage holds the fields of a new message.
type NewMessage struct {
	// Content is the text, at most 8000 characters; "" for none.
	Content string `json:"messageContent,omitempty"`
	// FileIDs lists files that were uploaded for this conversation.
	FileIDs []string `json:"fileIds,omitempty"`
}

const messageRoute route = "/conversations/{conversationId}/messages/{messageId}"

// SendMessage sends a message to a conversation and returns the message's ID. A closed conversation reopens. The error has
// [BadInput] and the rejected fields, [NotFound] or [Forbidden].
func (c *Client) SendMessage(ctx context.Context, conversationID string, message NewMessage) (*Written, error) {
	return c.write(ctx, put{http.MethodPost, messagesRoute, []string{conversationID}, message}, "messageId")
}

// EditMessage replaces the text of a message and returns the message's ID. The error has [BadInput] and the rejected
// fields, [NotFound] or [Forbidden].
func (c *Client) EditMessage(ctx context.Context, conversationID, id, content string) (*Written, error) {
	body := struct {
		Content string `json:"messageContent"`
	}{content}
	return c.write(ctx, put{http.MethodPatch, messageRoute, []string{conversationID, id}, body}, "messageId")
}
