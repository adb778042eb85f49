package loader

import (
	"context"
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

// maxShortIDPages is the maximum number of pages that a search for a short ID reads. A binary search needs fewer for
// 3 million rows.
const maxShortIDPages = 16

// ConversationByShortID returns the conversation with a short ID in canonical form. The error has rest.NotFound if the caller
// can see none. mStudio does not document that it accepts short IDs in paths. If it rejects one, the list is searched, which
// mStudio can sort by short ID.
func (l *Loaders) ConversationByShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	return l.shortIDs.load(ctx, shortID, func(ctx context.Context, shortID string) (*rest.Conversation, error) {
		found, err := l.clientForLists().ConversationByShortID(ctx, shortID)
		if err == nil || !rest.IsRejected(err) {
			return found, err
		}
		return l.searchShortID(ctx, shortID)
	})
}

// searchShortID reads page after page of the sorted list, and the full list if mStudio sorts it in another order or omits its
// length.
func (l *Loaders) searchShortID(ctx context.Context, shortID string) (*rest.Conversation, error) {
	list := rest.ConversationList{Sort: []rest.ConversationSort{{Field: rest.SortShortID}, {Field: rest.SortID}}, Limit: rest.DefaultLimit}
	for low, high, step := 0, 1, 0; step == 0 || low < high; step++ {
		middle := (low + high) / 2
		list.Skip = middle * list.Limit
		page, err := l.Conversations(ctx, list)
		if err != nil {
			return nil, err
		}
		ids := shortIDsOf(page)
		if at := slices.Index(ids, shortID); at >= 0 {
			return page.Conversations[at], nil
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
		if page.Total < 0 || !slices.IsSorted(ids) || step == maxShortIDPages {
			return l.findShortID(ctx, shortID)
		}
		if step == 0 {
			high = (page.Total-1)/list.Limit + 1
		}
		switch {
		case len(ids) == 0 || shortID < ids[0]:
			high = middle
		case shortID > ids[len(ids)-1]:
			low = middle + 1
		default:
			low = high
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
