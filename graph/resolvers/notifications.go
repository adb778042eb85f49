package resolvers

import (
	"context"
	"errors"
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
	return writeEach(ctx, input.ConversationIds, "MarkConversationReadResult", func(id string) (bool, error) {
		marked, err := loader.From(ctx).MarkRead(ctx, unread, id)
		if errors.Is(err, loader.ErrUnreadUnknown) {
			err = &model.Error{Code: model.CodeUpstreamBadResponse, Message: "Nothing was marked: mStudio's response does not show all notifications about this conversation."}
		}
		return marked, err
	}), nil
}

func isID(text string) bool {
	_, err := rest.ParseID(text)
	return err == nil
}

// Viewer resolves MarkConversationsReadPayload.viewer.
func (conversationsPayload) Viewer(ctx context.Context, payload *model.ConversationsPayload) (*rest.User, error) {
	viewer, err := loader.From(ctx).Viewer(ctx)
	if !slices.ContainsFunc(payload.Written, func(w model.ConversationWrite) bool { return w.Err == nil && !w.Result.IsUnchanged }) {
		return viewer, err
	}
	return viewer, afterWrite(err)
}
