package resolvers

import (
	"context"
	"net/url"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Conversation resolves Query.conversation.
func (query) Conversation(ctx context.Context, id, shortID *string) (*rest.Conversation, error) {
	switch {
	case (id == nil) == (shortID == nil):
		return nil, model.BadInput("Give exactly one of `id` and `shortId`.")
	case shortID != nil:
		return orNull(byShortID(ctx, *shortID))
	}
	canonical, err := rest.ParseID(*id)
	if err != nil {
		return nil, model.BadInput("`id` must be a UUID. For a short ID, use `shortId`.")
	}
	prefetchBelowOne(ctx, canonical)
	return orNull(loader.From(ctx).Conversation.Load(ctx, canonical))
}

func byShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	canonical, err := rest.ParseShortID(strings.TrimSpace(shortID))
	if err != nil {
		return nil, model.BadInput("`shortId` must be a short ID, such as `c-4e7tz3`.")
	}
	found, err := loader.From(ctx).ConversationByShortID(ctx, canonical)
	if err == nil {
		prefetchBelowOne(ctx, found.ID)
	}
	return found, err
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
	return loadPage(ctx, selected, model.PageArguments{First: first, After: after, Last: last, Before: before})
}

// loadPage returns a page of the selected conversations.
func loadPage(ctx context.Context, s *selection, arguments model.PageArguments) (*model.ConversationConnection, error) {
	exact, err := s.exact(ctx)
	if err != nil {
		return nil, err
	}
	if s.conditions.none() && exact == nil {
		page, err := newListPage(s.list, arguments)
		if err != nil {
			return nil, err
		}
		return page.load(ctx)
	}
	page, err := newFullListPage(s, nil, arguments)
	if err != nil {
		return nil, err
	}
	return page.load(ctx)
}

// URL resolves Conversation.url.
func (c conversation) URL(_ context.Context, parent *rest.Conversation) (*string, error) {
	if c.url == "" || parent.ShortID == "" && strings.Contains(c.url, "{shortId}") {
		return nil, nil //nolint:nilnil // no address
	}
	address := strings.NewReplacer("{id}", url.PathEscape(parent.ID), "{shortId}", url.PathEscape(parent.ShortID)).Replace(c.url)
	return &address, nil
}

// Members resolves Conversation.members.
func (conversation) Members(ctx context.Context, parent *rest.Conversation) ([]*rest.ConversationMember, error) {
	return loader.From(ctx).Members.Load(ctx, parent.ID)
}
