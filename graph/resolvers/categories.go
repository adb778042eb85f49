package resolvers

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// ConversationCategories resolves Query.conversationCategories.
func (query) ConversationCategories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	return loader.From(ctx).Categories(ctx)
}

// ConversationCategory resolves Query.conversationCategory.
func (query) ConversationCategory(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	return orNull(byArgument(ctx, id, loader.From(ctx).Category))
}
