package loader

import (
	"context"

	"mstudio-graphql/rest"
)

// attachment identifies an uploaded file.
type attachment struct{ conversationID, fileID string }

// perFile fetches one resource of each uploaded file.
type perFile[V any] struct {
	fetch func(context.Context, attachment) (V, error)
	once  onceLoader[attachment, V]
}

// Load returns the resource of a file.
func (p *perFile[V]) Load(ctx context.Context, file *rest.UploadedFile) (V, error) {
	if file.HasDerivedID {
		var none V
		return none, &rest.Error{Code: rest.BadResponse}
	}
	return p.once.load(ctx, attachment{file.ConversationID, file.ID}, p.fetch)
}

// Start fetches the resource in the background for a later Load.
func (p *perFile[V]) Start(ctx context.Context, file *rest.UploadedFile) {
	if !file.HasDerivedID {
		p.once.start(ctx, attachment{file.ConversationID, file.ID}, p.fetch)
	}
}

func (l *Loaders) fetchFileAccess(ctx context.Context, file attachment) (*rest.FileAccess, error) {
	return l.clientFor(file.conversationID).FileAccess(ctx, file.conversationID, file.fileID)
}

func (l *Loaders) fetchFileMeta(ctx context.Context, file attachment) (*rest.FileMeta, error) {
	access, err := l.FileAccess.once.load(ctx, file, l.fetchFileAccess)
	if err != nil {
		return nil, err
	}
	return l.client.FileMeta(ctx, file.fileID, access.Token)
}
