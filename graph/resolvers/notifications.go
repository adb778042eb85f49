package resolvers

import (
	"context"
	"slices"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// IsUnread resolves Conversation.isUnread.
func (conversation) IsUnread(ctx context.Context, parent *rest.Conversation) (*bool, error) {
	unread, err := loader.From(ctx).Unread(ctx)
	if err != nil {
		return nil, err
	}
	return unread.Has(parent.ID), nil
}

// UnreadConversationCount resolves User.unreadConversationCount.
func (user) UnreadConversationCount(ctx context.Context, parent *rest.User) (*int32, error) {
	viewer, err := loader.From(ctx).Viewer(ctx)
	if err != nil || !strings.EqualFold(viewer.ID, parent.ID) {
		return nil, err
	}
	unread, err := loader.From(ctx).Unread(ctx)
	if err != nil {
		return nil, err
	}
	return unread.Count(), nil
}

// MarkConversationsRead resolves Mutation.markConversationsRead.
func (mutation) MarkConversationsRead(ctx context.Context, input generated.MarkConversationsReadInput) (*model.MarkConversationsReadPayload, error) {
	var unread *loader.Unread
	if ids := input.ConversationIds; len(ids) <= maxWritten && slices.ContainsFunc(ids, isID) {
		var err error
		if unread, err = loader.From(ctx).Unread(ctx); err != nil {
			return nil, err
		}
	}
	return writeEach(ctx, input.ConversationIds, "MarkConversationReadResult", func(id string) error {
		return loader.From(ctx).MarkRead(ctx, unread, id)
	}), nil
}

func isID(text string) bool {
	_, err := rest.ParseID(text)
	return err == nil
}

// Viewer resolves MarkConversationsReadPayload.viewer.
func (conversationsPayload) Viewer(ctx context.Context, _ *model.ConversationsPayload) (*rest.User, error) {
	viewer, err := loader.From(ctx).Viewer(ctx)
	return viewer, afterWrite(err)
}
