package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/project"
	"mstudio-graphql/rest"
)

// FileLinks makes links to files.
type FileLinks interface {
	// Link returns a link to a file, to be saved or shown, for which mStudio has given access.
	Link(ctx context.Context, file *rest.UploadedFile, access *rest.FileAccess, attachment bool) (*model.FileDownload, error)
}

// Download answers UploadedFile.download.
func (u uploadedFile) Download(ctx context.Context, parent *rest.UploadedFile, disposition generated.FileDisposition) (*model.FileDownload, error) {
	access, err := loader.From(ctx).FileAccess(ctx, parent)
	if err != nil {
		return nil, err
	}
	return u.Files.Link(ctx, parent, access, disposition == generated.FileDispositionAttachment)
}

// startDownloads starts to ask for access to all files of a page whose links are wanted. One after another, as they
// are rendered, each would wait for the one before.
func startDownloads(ctx context.Context, page *model.MessageConnection) {
	plan := project.Of(ctx, graphql.GetFieldContext(ctx))
	if plan == nil || !plan.Asks("UploadedFile", "download") {
		return
	}
	for _, message := range page.Nodes {
		for _, attached := range filesOf(message) {
			if file, ok := attached.(*rest.UploadedFile); ok {
				loader.From(ctx).StartFileAccess(ctx, file)
			}
		}
	}
}

func filesOf(message rest.Message) []rest.File {
	switch written := message.(type) {
	case *rest.TextMessage:
		return written.Files
	case *rest.ServiceRequest:
		return written.Files
	}
	return nil
}
