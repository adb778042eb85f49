package resolvers

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// ConversationPreferences resolves Query.conversationPreferences.
func (query) ConversationPreferences(ctx context.Context, customerID string) (*rest.ConversationPreferences, error) {
	return byArgument(ctx, customerID, loader.From(ctx).Preferences.Load)
}

// Category resolves PreferredUser.category.
func (preferredUser) Category(ctx context.Context, parent *rest.PreferredUser) (*rest.ConversationCategory, error) {
	return orNull(loader.From(ctx).ListedCategory(ctx, parent.CategoryID))
}
