package rest

import (
	"context"
	"time"
)

// FileToken is the permission to fetch one file for a while, without its owner's API token. It does not print, log or
// encode: only [FileToken.Reveal] gives it away.
type FileToken struct{ redacted }

// NewFileToken checks that text can travel in a header as it is and wraps it. It returns [ErrTokenMalformed].
func NewFileToken(text string) (FileToken, error) {
	token, err := NewToken(text)
	return FileToken(token), err
}

// Reveal returns the token itself. Whoever calls it answers for where it goes.
func (t FileToken) Reveal() string { return t.reveal() }

// FileAccess is what a file can be fetched with.
type FileAccess struct {
	Token FileToken
	// ExpiresAt is until when; the zero time if the API does not say it.
	ExpiresAt time.Time
}

const fileAccessRoute route = "/conversations/{conversationId}/files/{fileId}/access-token"

// FileAccess asks for the permission to fetch an attachment. The error has [NotFound] for a file that is not uploaded,
// or of another conversation, and [BadResponse] for an answer without a token.
func (c *Client) FileAccess(ctx context.Context, conversationID, fileID string) (*FileAccess, error) {
	access, _, err := get(ctx, c, fileAccessRoute, []string{conversationID, fileID}, nil, (*decoder).fileAccess)
	return access, err
}

func (d *decoder) fileAccess() *FileAccess {
	var text string
	var expiresAt *time.Time
	d.object(func(name []byte) {
		switch string(name) {
		case "accessToken":
			text = d.string()
		case "expiresAt":
			expiresAt = d.time()
		default:
			d.Skip()
		}
	})
	access := &FileAccess{}
	if expiresAt != nil {
		access.ExpiresAt = *expiresAt
	}
	var err error
	access.Token, err = NewFileToken(text)
	d.require(err == nil)
	return access
}
