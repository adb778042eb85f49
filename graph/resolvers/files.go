package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
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
	plan := render.PlanOf(ctx, graphql.GetFieldContext(ctx))
	if plan == nil {
		return
	}
	ofTexts := plan.Selects("TextMessage", "UploadedFile", "download")
	ofRequests := plan.Selects("ServiceRequest", "UploadedFile", "download")
	if !ofTexts && !ofRequests {
		return
	}
	for _, message := range page.Nodes {
		switch written := message.(type) {
		case *rest.TextMessage:
			startAccess(ctx, ofTexts, written.Files)
		case *rest.ServiceRequest:
			startAccess(ctx, ofRequests, written.Files)
		}
	}
}

func startAccess(ctx context.Context, wanted bool, files []rest.File) {
	for _, attached := range files {
		if file, ok := attached.(*rest.UploadedFile); ok && wanted {
			loader.From(ctx).StartFileAccess(ctx, file)
		}
	}
}
