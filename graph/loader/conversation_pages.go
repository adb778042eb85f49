package loader

import (
	"context"

	"mstudio-graphql/rest"
)

// StartConversations fetches a page of conversations in the background for a later [Loaders.Conversations].
func (l *Loaders) StartConversations(ctx context.Context, list rest.ConversationList) {
	l.pages.start(ctx, list.Query().Encode(), l.fetchPage(list))
}

// Conversations returns a page of the caller's conversations. Its rows are then in the cache of [Loaders.Conversation].
func (l *Loaders) Conversations(ctx context.Context, list rest.ConversationList) (*rest.ConversationPage, error) {
	page, err := l.pages.load(ctx, list.Query().Encode(), l.fetchPage(list))
	if err == nil {
		l.rows.add(page.Conversations)
	}
	return page, err
}

// ConversationsUnless is Conversations, but does not decode a page that equals a known one, which may be nil. A page that was not
// decoded has no rows, so the next read of it makes another call.
func (l *Loaders) ConversationsUnless(ctx context.Context, list rest.ConversationList, known *rest.Known) (*rest.ConversationPage, error) {
	key := list.Query().Encode()
	page, err := l.pages.load(ctx, key, func(ctx context.Context, _ string) (*rest.ConversationPage, error) {
		return l.clientForLists().ConversationsUnless(ctx, list, known)
	})
	if err != nil {
		return nil, err
	}
	l.rows.add(page.Conversations)
	if page.IsSame {
		l.pages.clearKey(key)
	}
	return page, nil
}

// AddRows adds conversations of a full list to the cache of [Loaders.Conversation].
func (l *Loaders) AddRows(rows []*rest.Conversation) { l.rows.add(rows) }

func (l *Loaders) fetchPage(list rest.ConversationList) func(context.Context, string) (*rest.ConversationPage, error) {
	return func(ctx context.Context, _ string) (*rest.ConversationPage, error) {
		return l.clientForLists().Conversations(ctx, list)
	}
}
