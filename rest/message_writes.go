package rest

import (
	"context"
	"net/http"
)

// NewMessage is what somebody writes into a conversation.
type NewMessage struct {
	// Content is the text, of at most 8000 characters; "" for none.
	Content string `json:"messageContent,omitempty"`
	// FileIDs are those of files that were uploaded for this conversation.
	FileIDs []string `json:"fileIds,omitempty"`
}

const messageRoute route = "/conversations/{conversationId}/messages/{messageId}"

// SendMessage writes into a conversation. A conversation that is closed opens again. It returns the message's id. The
// error has [BadInput] with what the API does not accept, [NotFound] or [Forbidden].
func (c *Client) SendMessage(ctx context.Context, conversationID string, message NewMessage) (*Written, error) {
	return c.write(ctx, put{http.MethodPost, messagesRoute, []string{conversationID}, message}, "messageId")
}

// EditMessage replaces the text of a message. It returns the message's id. The error has [BadInput] with what the API
// does not accept, [NotFound] or [Forbidden].
func (c *Client) EditMessage(ctx context.Context, conversationID, id, content string) (*Written, error) {
	body := struct {
		Content string `json:"messageContent"`
	}{content}
	return c.write(ctx, put{http.MethodPatch, messageRoute, []string{conversationID, id}, body}, "messageId")
}
