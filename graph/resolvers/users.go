package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// Viewer resolves Query.viewer.
func (query) Viewer(ctx context.Context) (*rest.User, error) {
	if plan := currentPlan(ctx); plan != nil && slices.ContainsFunc(plan.Resolvers, countsUnread) {
		loader.From(ctx).StartUnread(ctx)
	}
	return loader.From(ctx).Viewer(ctx)
}

func countsUnread(below render.Resolver) bool {
	return below.Object == "User" && below.Collected.Name == "unreadConversationCount"
}
