package loader

import (
	"context"

	"mstudio-graphql/rest"
)

// attachment identifies an uploaded file.
type attachment struct{ conversationID, fileID string }

// StartFileAccess requests access to an attachment in the background for a later [Loaders.FileAccess].
func (l *Loaders) StartFileAccess(ctx context.Context, file *rest.UploadedFile) {
	if file.HasDerivedID {
		return
	}
	l.fileAccess.start(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileAccess)
}

// FileAccess returns the credentials for a download of an attachment.
func (l *Loaders) FileAccess(ctx context.Context, file *rest.UploadedFile) (*rest.FileAccess, error) {
	if file.HasDerivedID {
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	return l.fileAccess.load(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileAccess)
}

func (l *Loaders) fetchFileAccess(ctx context.Context, file attachment) (*rest.FileAccess, error) {
	return l.clientFor(file.conversationID).FileAccess(ctx, file.conversationID, file.fileID)
}

// StartFileMeta requests the metadata of an attachment in the background for a later [Loaders.FileMeta].
func (l *Loaders) StartFileMeta(ctx context.Context, file *rest.UploadedFile) {
	if file.HasDerivedID {
		return
	}
	l.fileMeta.start(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileMeta)
}

// FileMeta returns the metadata of an attachment. It needs the credentials for its download.
func (l *Loaders) FileMeta(ctx context.Context, file *rest.UploadedFile) (*rest.FileMeta, error) {
	if file.HasDerivedID {
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	return l.fileMeta.load(ctx, attachment{file.ConversationID, file.ID}, l.fetchFileMeta)
}

func (l *Loaders) fetchFileMeta(ctx context.Context, file attachment) (*rest.FileMeta, error) {
	access, err := l.fileAccess.load(ctx, file, l.fetchFileAccess)
	if err != nil {
		return nil, err
	}
	return l.client.FileMeta(ctx, file.fileID, access.Token)
}
