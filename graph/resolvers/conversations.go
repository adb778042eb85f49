package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Conversation answers Query.conversation.
func (query) Conversation(ctx context.Context, id string) (*rest.Conversation, error) {
	startBelow(ctx, id)
	return orNull(loader.From(ctx).Conversation.Load(ctx, id))
}

// Conversations answers Query.conversations.
func (query) Conversations(
	ctx context.Context, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	selected, err := newSelection(filter, orderBy)
	if err != nil {
		return nil, err
	}
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	return selected.load(ctx, arguments)
}

// Members answers Conversation.members.
func (conversation) Members(ctx context.Context, parent *rest.Conversation) ([]*rest.User, error) {
	return loader.From(ctx).Members.Load(ctx, parent.ID)
}

// Messages answers Conversation.messages.
func (conversation) Messages(
	ctx context.Context, parent *rest.Conversation,
	first *int32, after *string, last *int32, before *string, includeInternal bool,
) (*model.MessageConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	bounds, err := newHistoryBounds(parent.ID, arguments, includeInternal)
	if err != nil {
		return nil, err
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	page := bounds.page(messages)
	startDownloads(ctx, page)
	return page, nil
}
