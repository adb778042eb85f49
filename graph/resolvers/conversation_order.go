package resolvers

import (
	"slices"
	"time"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// sortKeys returns the sort keys for orderBy. The last is the ID: mStudio does not document the order of equal rows, and
// pages must not overlap.
func sortKeys(orderBy []*generated.ConversationOrder) ([]rest.ConversationSort, error) {
	keys := make([]rest.ConversationSort, 0, len(orderBy)+1)
	for _, order := range orderBy {
		key := rest.ConversationSort{Field: sortField(order.Field), Descending: order.Direction == generated.OrderDirectionDesc}
		if sortsBy(keys, key.Field) {
			return nil, model.BadInput("`orderBy` must contain each field at most once.")
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		keys = append(keys, rest.ConversationSort{Field: rest.SortLastMessageAt, Descending: true})
	}
	if !sortsBy(keys, rest.SortID) {
		keys = append(keys, rest.ConversationSort{Field: rest.SortID})
	}
	return keys, nil
}

func sortsBy(keys []rest.ConversationSort, field rest.ConversationSortField) bool {
	return slices.ContainsFunc(keys, func(key rest.ConversationSort) bool { return key.Field == field })
}

func sortField(field generated.ConversationOrderField) rest.ConversationSortField {
	switch field {
	case generated.ConversationOrderFieldCreatedAt:
		return rest.SortCreatedAt
	case generated.ConversationOrderFieldTitle:
		return rest.SortTitle
	case generated.ConversationOrderFieldShortID:
		return rest.SortShortID
	case generated.ConversationOrderFieldID:
		return rest.SortID
	default:
		return rest.SortLastMessageAt
	}
}

// conversationOrder is the order by these keys for lists that the gateway sorts itself. createdAt returns the time that a
// conversation was created at, for the order.
func conversationOrder(keys []rest.ConversationSort, createdAt func(*rest.Conversation) time.Time) order[*rest.Conversation] {
	columns := make(order[*rest.Conversation], len(keys))
	for i, key := range keys {
		columns[i] = conversationColumn(key.Field, createdAt)
		columns[i].descending = key.Descending
	}
	return columns
}

func conversationColumn(field rest.ConversationSortField, createdAt func(*rest.Conversation) time.Time) column[*rest.Conversation] {
	switch field {
	case rest.SortCreatedAt:
		return column[*rest.Conversation]{isTime: true, key: func(row *rest.Conversation) sortKey { return sortKey{at: createdAt(row)} }}
	case rest.SortTitle:
		return column[*rest.Conversation]{key: func(row *rest.Conversation) sortKey { return sortKey{text: row.Title} }}
	case rest.SortShortID:
		return column[*rest.Conversation]{key: func(row *rest.Conversation) sortKey { return sortKey{text: row.ShortID} }}
	case rest.SortID:
		return column[*rest.Conversation]{key: func(row *rest.Conversation) sortKey { return sortKey{text: row.ID} }}
	default:
		return column[*rest.Conversation]{isTime: true, key: func(row *rest.Conversation) sortKey { return sortKey{at: lastMessageAt(row, createdAt)} }}
	}
}

func createdAt(row *rest.Conversation) time.Time { return row.CreatedAt }

// lastMessageAt returns the zero time for a conversation without messages. If the time of the message is absent or invalid,
// it returns when the conversation was created, because no message is older.
func lastMessageAt(row *rest.Conversation, createdAt func(*rest.Conversation) time.Time) time.Time {
	switch {
	case row.LastMessage == nil:
		return time.Time{}
	case rest.KnownTime(row.LastMessage.CreatedAt) == nil:
		return createdAt(row)
	}
	return row.LastMessage.CreatedAt
}
