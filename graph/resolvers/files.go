package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// FileLinks creates links to files.
type FileLinks interface {
	// Link returns a link to a file, either for saving it (attachment) or for showing it.
	Link(ctx context.Context, file *rest.UploadedFile, access *rest.FileAccess, attachment bool) (*model.FileDownload, error)
}

// Download resolves UploadedFile.download.
func (u uploadedFile) Download(ctx context.Context, parent *rest.UploadedFile, disposition generated.FileDisposition) (*model.FileDownload, error) {
	permission, err := loader.From(ctx).FileAccess(ctx, parent)
	if access, err := rest.AccessOf(err); access != rest.AccessVisible {
		return nil, err
	}
	return u.Files.Link(ctx, parent, permission, disposition == generated.FileDispositionAttachment)
}

// Access resolves UploadedFile.access.
func (uploadedFile) Access(ctx context.Context, parent *rest.UploadedFile) (*rest.Access, error) {
	_, err := loader.From(ctx).FileAccess(ctx, parent)
	access, err := rest.AccessOf(err)
	return &access, err
}

// prefetchDownloads requests access to all files of a page whose links or access are selected. The renderer would request them one
// after another.
func prefetchDownloads(ctx context.Context, page *model.MessageConnection) {
	plan := currentPlan(ctx)
	if plan == nil {
		return
	}
	ofTexts := plan.Selects("TextMessage", "UploadedFile", "download", "access")
	ofRequests := plan.Selects("ServiceRequest", "UploadedFile", "download", "access")
	if !ofTexts && !ofRequests {
		return
	}
	for _, message := range page.Nodes {
		switch message := message.(type) {
		case *rest.TextMessage:
			prefetchAccess(ctx, ofTexts, message.Files)
		case *rest.ServiceRequest:
			prefetchAccess(ctx, ofRequests, message.Files)
		}
	}
}

func prefetchAccess(ctx context.Context, isSelected bool, files []rest.File) {
	for _, attached := range files {
		if file, ok := attached.(*rest.UploadedFile); ok && isSelected {
			loader.From(ctx).StartFileAccess(ctx, file)
		}
	}
}
