package rest

import (
	"context"
	"errors"
	"net/http"
)

// FileTicket is the permission to upload one file for a conversation.
type FileTicket struct {
	Token UploadToken
	Rules *FileRules // never nil
}

const fileTicketRoute route = "/conversations/{conversationId}/files"

// RequestFileUpload requests a token to upload an attachment for a message of the conversation. It changes nothing
// visible. The error has [NotFound] or [Forbidden] for the conversation, and [BadResponse] if the response has no token.
func (c *Client) RequestFileUpload(ctx context.Context, conversationID string) (*FileTicket, error) {
	ticket, _, err := write(ctx, c, put{http.MethodPost, fileTicketRoute, []string{conversationID}, struct{}{}}, nil, (*decoder).fileTicket)
	if failure, ok := errors.AsType[*Error](err); ok {
		failure.Outcome, failure.Event = "", "" // nothing visible has changed
	}
	return ticket, err
}

// UploadURL returns the URL for uploads: a POST of a form with the part "file" and the token in the header Token.
func (c *Client) UploadURL() string { return c.base.String() + string(filesRoute) }

func (d *decoder) fileTicket() *FileTicket {
	ticket := &FileTicket{Rules: &FileRules{}}
	var text string
	d.object("FileTicket", func(name []byte) {
		switch string(name) {
		case "uploadToken":
			text = d.string()
		case "rules":
			d.fileRules(ticket.Rules)
		default:
			d.Skip()
		}
	})
	var err error
	ticket.Token, err = NewUploadToken(text)
	d.require(err == nil)
	return ticket
}
