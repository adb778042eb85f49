package rest

import (
	"context"
	"net/http"
)

// NewMessage is what somebody writes into a conversation.
type NewMessage struct {
	// Content is the text, of at most 8000 characters; "" for none.
	Content string
	// FileIDs are those of files that were uploaded for this conversation.
	FileIDs []string
}

// SentMessage is a message that was sent.
type SentMessage struct {
	ID    string
	Event EventID
}

// SendMessage writes into a conversation. A conversation that is closed opens again. The error has [BadInput] with what
// the API does not accept, [NotFound] or [Forbidden].
func (c *Client) SendMessage(ctx context.Context, conversationID string, message NewMessage) (*SentMessage, error) {
	body := struct {
		Content string   `json:"messageContent,omitempty"`
		FileIDs []string `json:"fileIds,omitempty"`
	}{message.Content, message.FileIDs}
	id, event, err := write(ctx, c, put{http.MethodPost, messagesRoute, []string{conversationID}, body}, func(d *decoder) string {
		return d.onlyID("messageId")
	})
	if err != nil {
		return nil, err
	}
	return &SentMessage{ID: id, Event: event}, nil
}

// onlyID reads the one id that matters in the answer to a write. Without it, the answer is of no use.
func (d *decoder) onlyID(member string) (id string) {
	d.object(func(name []byte) {
		if string(name) == member {
			id = d.str()
		} else {
			d.skip()
		}
	})
	if _, err := ParseID(id); err != nil && d.err == nil {
		d.err = errShape
	}
	return id
}
