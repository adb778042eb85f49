package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Conversation resolves Query.conversation.
func (query) Conversation(ctx context.Context, id string) (*rest.Conversation, error) {
	prefetchBelowOne(ctx, id)
	return orNull(byArgument(ctx, id, loader.From(ctx).Conversation.Load))
}

// Conversations resolves Query.conversations.
func (query) Conversations(
	ctx context.Context, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	selected, err := newSelection(filter, orderBy)
	if err != nil {
		return nil, err
	}
	return selected.load(ctx, model.PageArguments{First: first, After: after, Last: last, Before: before})
}

// Members resolves Conversation.members.
func (conversation) Members(ctx context.Context, parent *rest.Conversation) ([]*rest.ConversationMember, error) {
	return loader.From(ctx).Members.Load(ctx, parent.ID)
}
