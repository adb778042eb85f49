package sandbox

import (
	"cmp"
	"net/url"
	"slices"
)

const defaultLimit = 100

// conversationQuery is a valid request for a list of conversations.
type conversationQuery struct {
	search   search
	statuses []string // statusOpen and statusClosed only; empty means all
	order    []sortKey
	window   window
}

// sortKey is one level of the order of a list.
type sortKey struct {
	field      string
	descending bool
}

func sortFields() []string {
	return []string{"createdAt", sortByLastMessage, "title", "shortId", "conversationId"}
}

const sortByLastMessage = "lastMessage.createdAt"

// parseConversationQuery validates all parameters and reports all errors at once.
func parseConversationQuery(values url.Values) (conversationQuery, error) {
	p := parameters{values: values}
	q := conversationQuery{
		search:   parseSearch(values.Get("fullTextSearch")),
		statuses: p.enums("status", statusOpen, statusClosed),
		window:   p.window(defaultLimit),
	}
	q.order = p.order()
	return q, p.err()
}

// order pairs the values of sort and order by position. The default order of a field is descending.
func (p *parameters) order() []sortKey {
	fields := p.enums("sort", sortFields()...)
	if len(fields) == 0 {
		fields = []string{sortByLastMessage}
	}
	directions := p.enums("order", "asc", "desc")
	keys := make([]sortKey, len(fields))
	for i, field := range fields {
		keys[i] = sortKey{field: field, descending: i >= len(directions) || directions[i] == "desc"}
	}
	return keys
}

// apply filters and sorts conversations. It may reorder the given slice.
func (q conversationQuery) apply(conversations []*conversation) []*conversation {
	found := slices.DeleteFunc(conversations, func(c *conversation) bool {
		return !q.matchesStatus(c) || !q.search.matches(c.texts())
	})
	slices.SortStableFunc(found, q.compare)
	return found
}

// matchesStatus treats open as the opposite of closed, because lists cannot be filtered by the other states.
func (q conversationQuery) matchesStatus(c *conversation) bool {
	if len(q.statuses) == 0 {
		return true
	}
	if c.Status == statusClosed {
		return slices.Contains(q.statuses, statusClosed)
	}
	return slices.Contains(q.statuses, statusOpen)
}

func (q conversationQuery) compare(a, b *conversation) int {
	for _, key := range q.order {
		if order := compareBy(key.field, a, b); order != 0 {
			if key.descending {
				return -order
			}
			return order
		}
	}
	return 0
}

func compareBy(field string, a, b *conversation) int {
	switch field {
	case "createdAt":
		return byCreation(a, b)
	case "title":
		return cmp.Compare(a.Title, b.Title)
	case "shortId":
		return cmp.Compare(a.ShortID, b.ShortID)
	case "conversationId":
		return cmp.Compare(a.ID, b.ID)
	default:
		return a.lastMessageAt().Compare(b.lastMessageAt().Time)
	}
}
