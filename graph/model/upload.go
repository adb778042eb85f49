package model

import (
	"context"
	"io"
)

// Upload is a file that is sent with an operation. It is still arriving when the operation starts.
type Upload struct{ File IncomingFile }

// IncomingFile is a file that a client is sending. Files must be opened once, in the order in which they arrive. Opening
// one discards what is left of the file before it.
type IncomingFile interface {
	// Open waits for the start of the file.
	Open(ctx context.Context) (*OpenFile, error)
}

// OpenFile is a file that has begun to arrive. Its fields are unchecked client input.
type OpenFile struct {
	Name string
	// MimeType is "" if the client omits it.
	MimeType string
	// Content is the file's content. Reads wait for the client, up to a timeout and until the context of Open ends.
	Content io.Reader
	// MaxBytes is the maximum length of Content in bytes.
	MaxBytes int64
}
