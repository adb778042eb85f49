package resolvers

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// Viewer resolves Query.viewer.
func (query) Viewer(ctx context.Context) (*rest.User, error) {
	return loader.From(ctx).Viewer(ctx)
}
