package loader

import (
	"bufio"
	"context"
	"errors"
	"io"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// UploadRules returns mStudio's rules for the files of messages.
func (l *Loaders) UploadRules(ctx context.Context) (*rest.FileRules, error) {
	return l.uploadRules.load(ctx, struct{}{}, l.public.uploadRules.load)
}

// RequestFileUpload requests a ticket for the upload of a file to a conversation.
func (l *Loaders) RequestFileUpload(ctx context.Context, conversationID string) (*rest.FileTicket, error) {
	return l.clientFor(conversationID).RequestFileUpload(ctx, conversationID)
}

// UploadURL returns the URL to which a file is uploaded with a ticket.
func (l *Loaders) UploadURL() string { return l.client.UploadURL() }

// uploadBuffer is the size of the buffer between the client and mStudio, in bytes.
const uploadBuffer = 32 << 10

// Upload streams a client's file to mStudio and returns its ID. It requests the ticket first, so that a caller who may not
// upload is rejected before the file arrives. It returns a [*FileError] if the file itself is rejected.
func (l *Loaders) Upload(ctx context.Context, conversationID string, upload *model.Upload) (id string, err error) {
	ticket, err := l.RequestFileUpload(ctx, conversationID)
	if err != nil {
		return "", err
	}
	file, err := upload.File.Open(ctx)
	if err != nil {
		return "", err
	}
	source := &errorReader{Reader: file.Content}
	content := bufio.NewReaderSize(source, uploadBuffer)
	head, err := content.Peek(rest.SniffLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	mimeType, err := ticket.Rules.TypeOf(file.Name, file.MimeType, head)
	if err != nil {
		return "", &FileError{err, ticket.Rules}
	}
	meta, err := l.client.Upload(ctx, ticket.Token, rest.NewFile{
		Name: file.Name, MimeType: mimeType, Content: content, MaxBytes: ticket.Rules.Within(file.MaxBytes).Limit,
	})
	switch {
	case source.err != nil:
		return "", source.err // it has caused any other error
	case err != nil:
		return "", fileError(err, ticket.Rules)
	}
	return meta.ID, nil
}

// errorReader keeps the error of a reader. Only its reader may use it before the upload has ended.
type errorReader struct {
	io.Reader
	err error
}

// Read reads the next bytes.
func (r *errorReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// FileError reports that a file was rejected. It wraps an error of package rest such as [rest.ErrFileType].
type FileError struct {
	reason error
	// Rules are mStudio's rules for the file.
	Rules *rest.FileRules
}

// Error returns the reason.
func (e *FileError) Error() string { return e.reason.Error() }

// Unwrap returns the reason.
func (e *FileError) Unwrap() error { return e.reason }

// fileError returns a [*FileError] if err is about the file, and otherwise err.
func fileError(err error, rules *rest.FileRules) error {
	for _, reason := range []error{rest.ErrFileTooLarge, rest.ErrFileType, rest.ErrFileRejected, rest.ErrUploadToken} {
		if errors.Is(err, reason) {
			return &FileError{reason, rules}
		}
	}
	return err
}
