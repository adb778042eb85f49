package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// Download resolves UploadedFile.download.
func (u uploadedFile) Download(ctx context.Context, parent *rest.UploadedFile, disposition generated.FileDisposition) (*model.FileDownload, error) {
	permission, err := loader.From(ctx).FileAccess.Load(ctx, parent)
	if access, err := rest.AccessOf(err); access != rest.AccessVisible {
		return nil, err
	}
	return u.Files.Link(ctx, parent, permission, disposition == generated.FileDispositionAttachment)
}

// Access resolves UploadedFile.access.
func (uploadedFile) Access(ctx context.Context, parent *rest.UploadedFile) (*rest.Access, error) {
	_, err := loader.From(ctx).FileAccess.Load(ctx, parent)
	access, err := rest.AccessOf(err)
	return &access, err
}

// Size resolves UploadedFile.size.
func (uploadedFile) Size(ctx context.Context, parent *rest.UploadedFile) (*int32, error) {
	meta, err := loader.From(ctx).FileMeta.Load(ctx, parent)
	if access, err := rest.AccessOf(err); access != rest.AccessVisible || meta.Size == nil {
		return nil, err
	}
	return new(int32(*meta.Size)), nil //nolint:gosec // at most an integer of GraphQL
}

// prefetchDownloads starts the calls for the selected fields of all files of messages. The renderer would make them one after
// another.
func prefetchDownloads(ctx context.Context, messages []rest.Message) {
	plan := currentPlan(ctx)
	if plan == nil {
		return
	}
	ofTexts, ofRequests := fileStarter(ctx, plan, "TextMessage"), fileStarter(ctx, plan, "ServiceRequest")
	if ofTexts == nil && ofRequests == nil {
		return
	}
	for _, message := range messages {
		switch message := message.(type) {
		case *rest.TextMessage:
			startFiles(ctx, ofTexts, message.Files)
		case *rest.ServiceRequest:
			startFiles(ctx, ofRequests, message.Files)
		}
	}
}

// fileStarter returns the function that starts all calls for the selected fields of the files of a type of message, nil if there
// are none.
func fileStarter(ctx context.Context, plan *render.Field, message string) func(context.Context, *rest.UploadedFile) {
	switch {
	case plan.Selects(message, "UploadedFile", "size"):
		return loader.From(ctx).FileMeta.Start
	case plan.Selects(message, "UploadedFile", "download", "access"):
		return loader.From(ctx).FileAccess.Start
	}
	return nil
}

func startFiles(ctx context.Context, start func(context.Context, *rest.UploadedFile), files []rest.File) {
	for _, attached := range files {
		if file, ok := attached.(*rest.UploadedFile); ok && start != nil {
			start(ctx, file)
		}
	}
}
