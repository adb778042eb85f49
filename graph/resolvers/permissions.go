package resolvers

import (
	"context"
	"strings"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// ViewerDidAuthor resolves TextMessage.viewerDidAuthor.
func (textMessage) ViewerDidAuthor(ctx context.Context, parent *rest.TextMessage) (*bool, error) {
	if parent.CreatedBy == nil || parent.CreatedBy.HasDerivedID {
		return nil, nil //nolint:nilnil // the author is unknown
	}
	viewer, err := loader.From(ctx).Viewer(ctx)
	if err != nil {
		return nil, err
	}
	if viewer.HasDerivedID {
		return nil, &rest.Error{Code: rest.BadResponse}
	}
	return new(strings.EqualFold(viewer.ID, parent.CreatedBy.ID)), nil
}

// ViewerCanEdit resolves TextMessage.viewerCanEdit.
func (t textMessage) ViewerCanEdit(ctx context.Context, parent *rest.TextMessage) (*bool, error) {
	return t.ViewerDidAuthor(ctx, parent)
}
