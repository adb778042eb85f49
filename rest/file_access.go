package rest

import (
	"context"
	"time"
)

// FileAccess is a token for one file.
type FileAccess struct {
	Token FileToken `api:"accessToken,required"`
	// ExpiresAt is the end of the token's validity, zero if the API omits it.
	ExpiresAt time.Time `api:"expiresAt,required"`
}

const fileAccessRoute route = "/conversations/{conversationId}/files/{fileId}/access-token"

// FileAccess requests a token for an attachment. The error has [NotFound] if the file is not uploaded or belongs to
// another conversation, and [BadResponse] if the response has no token.
func (c *Client) FileAccess(ctx context.Context, conversationID, fileID string) (*FileAccess, error) {
	access, _, err := get(ctx, c, fileAccessRoute, []string{conversationID, fileID}, nil, readFileAccess)
	return access, err
}

func readFileAccess(d *decoder) *FileAccess {
	access := object[FileAccess](d)
	d.require(access != nil && access.Token.text != nil)
	return access
}
