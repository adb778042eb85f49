package loader

import (
	"bufio"
	"context"
	"errors"
	"io"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// RequestFileUpload asks for the permission to upload a file for a conversation.
func (l *Loaders) RequestFileUpload(ctx context.Context, conversationID string) (*rest.FileTicket, error) {
	return l.about(conversationID).RequestFileUpload(ctx, conversationID)
}

// UploadURL is where a file is uploaded with that permission.
func (l *Loaders) UploadURL() string { return l.client.UploadURL() }

// uploadBuffer is how much of a file is passed on at once, in bytes.
const uploadBuffer = 32 << 10

// Upload passes a file of the client's on to mStudio while it arrives, and returns its id. The permission comes first: a
// caller who may not upload is not waited for. A [*FileError] is about the file, any other error about all else.
func (l *Loaders) Upload(ctx context.Context, conversationID string, upload *model.Upload) (id string, err error) {
	ticket, err := l.RequestFileUpload(ctx, conversationID)
	if err != nil {
		return "", err
	}
	file, err := upload.File.Open(ctx)
	if err != nil {
		return "", err
	}
	arriving := &arriving{Reader: file.Content}
	content := bufio.NewReaderSize(arriving, uploadBuffer)
	head, err := content.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	mimeType, err := ticket.Rules.TypeOf(file.MimeType, head)
	if err != nil {
		return "", &FileError{err}
	}
	meta, err := l.client.Upload(ctx, ticket.Token, rest.NewFile{
		Name: file.Name, MimeType: mimeType, Content: content, MaxBytes: smaller(file.MaxBytes, ticket.Rules.MaxBytes()),
	})
	switch {
	case arriving.failed != nil:
		return "", arriving.failed // whatever that has led to
	case err != nil:
		return "", aboutFile(err)
	}
	return meta.ID, nil
}

// arriving remembers why a file did not arrive. Nobody reads it any more when it is asked.
type arriving struct {
	io.Reader
	failed error
}

// Read waits for the next piece.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		a.failed = err
	}
	return n, err
}

// smaller is the smaller of two limits, of which 0 is none.
func smaller(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// FileError says that a file is not taken. Its reason is one of those of package rest, such as [rest.ErrFileType].
type FileError struct{ reason error }

// Error says why.
func (e *FileError) Error() string { return e.reason.Error() }

// Unwrap gives errors.Is the reason.
func (e *FileError) Unwrap() error { return e.reason }

func aboutFile(err error) error {
	for _, reason := range []error{rest.ErrFileTooLarge, rest.ErrFileType, rest.ErrFileRefused, rest.ErrUploadToken} {
		if errors.Is(err, reason) {
			return &FileError{reason}
		}
	}
	return err
}
