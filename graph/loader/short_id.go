package loader

import (
	"context"
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

// ConversationByShortID returns the conversation with a short ID in canonical form. The error has rest.NotFound if the caller
// can see none. mStudio does not document that it accepts short IDs in paths. If it rejects one or fails, the list is searched,
// which mStudio can sort by short ID.
func (l *Loaders) ConversationByShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	found, err := l.shortIDs.load(ctx, shortID, func(ctx context.Context, shortID string) (*rest.Conversation, error) {
		found, err := l.clientForLists().ConversationByShortID(ctx, shortID)
		if err == nil || !rest.IsRejected(err) && !rest.IsServerError(err) {
			return found, err
		}
		return l.searchShortID(ctx, shortID)
	})
	if err == nil {
		l.rows.add([]*rest.Conversation{found})
	}
	return found, err
}

// searchShortID reads page after page of the sorted list, and the full list if mStudio sorts it in another order, omits its
// length, or omits rows.
func (l *Loaders) searchShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	list := rest.ConversationList{Sort: []rest.ConversationSort{{Field: rest.SortShortID}, {Field: rest.SortID}}, Limit: rest.DefaultLimit}
	pages := sortedPages{wanted: shortID, count: 1, high: 1}
	for number, isLeft := pages.next(); isLeft; number, isLeft = pages.next() {
		list.Skip = number * list.Limit
		page, err := l.Conversations(ctx, list)
		if err != nil {
			return nil, err
		}
		ids := shortIDsOf(page)
		if at := slices.Index(ids, shortID); at >= 0 {
			return page.Conversations[at], nil
		}
		if number == 0 { // mStudio may allow only smaller pages
			list.Limit = min(list.Limit, max(len(ids), 1))
			pages.count = (page.Total-1)/list.Limit + 1
			pages.high = pages.count
		}
		isShort := page.Total < 0 || len(ids) < min(list.Limit, page.Total-list.Skip)
		if isShort || !pages.add(number, ids) {
			return l.findShortID(ctx, shortID)
		}
	}
	return nil, &rest.Error{Code: rest.NotFound}
}

// findShortID looks for a short ID in the full list.
func (l *Loaders) findShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	list, err := l.FullList(ctx, rest.ConversationList{})
	if err != nil {
		return nil, err
	}
	for _, row := range list.Conversations {
		if strings.EqualFold(row.ShortID, shortID) {
			return row, nil
		}
	}
	return nil, &rest.Error{Code: rest.NotFound}
}

// shortIDsOf returns the short ID of each row in lower case, or "" for an unreadable one.
func shortIDsOf(page *rest.ConversationPage) []string {
	ids := make([]string, len(page.Conversations))
	for i, row := range page.Conversations {
		if row != nil {
			ids[i] = strings.ToLower(row.ShortID)
		}
	}
	return ids
}
