package model

import (
	"context"
	"io"
)

// Upload is a file that comes with an operation. It is still on its way when the operation starts.
type Upload struct{ File IncomingFile }

// IncomingFile is a file on its way from a client. It can be opened once, and files only in the order in which they
// come. What is left of the one before is lost then.
type IncomingFile interface {
	// Open waits until the file begins.
	Open(ctx context.Context) (*OpenFile, error)
}

// OpenFile is a file that has begun to arrive. Nobody has looked at it: all of it is what the client says.
type OpenFile struct {
	Name string
	// MimeType is "" if the client does not say it.
	MimeType string
	// Content is what arrives. A read waits for the client, but not for ever, and ends with the context of Open.
	Content io.Reader
	// MaxBytes is how long Content may be.
	MaxBytes int64
}
