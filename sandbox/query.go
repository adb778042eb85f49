package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const defaultLimit = 100

// listQuery is a checked request for a list of conversations.
type listQuery struct {
	search   search
	statuses []string // statusOpen and statusClosed only; none means all
	limit    int
	skip     int
	order    []sortKey
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

// parseListQuery checks all parameters and reports everything that is wrong with them at once.
func parseListQuery(values url.Values) (listQuery, error) {
	p := parameters{values: values}
	q := listQuery{
		search:   parseSearch(values.Get("fullTextSearch")),
		statuses: p.enums("status", statusOpen, statusClosed),
		limit:    p.count("limit", defaultLimit),
	}
	q.skip = p.skip(q.limit)
	q.order = p.order()
	if p.problems != nil {
		return listQuery{}, invalid(p.problems...)
	}
	return q, nil
}

// apply filters and sorts conversations; the given slice may be reordered.
func (q listQuery) apply(conversations []*conversation) []*conversation {
	found := slices.DeleteFunc(conversations, func(c *conversation) bool {
		return !q.matchesStatus(c) || !q.search.matches(c)
	})
	slices.SortStableFunc(found, q.compare)
	return found
}

// matchesStatus treats open as the opposite of closed: the other states cannot be asked for by name.
func (q listQuery) matchesStatus(c *conversation) bool {
	if len(q.statuses) == 0 {
		return true
	}
	if c.Status == statusClosed {
		return slices.Contains(q.statuses, statusClosed)
	}
	return slices.Contains(q.statuses, statusOpen)
}

func (q listQuery) compare(a, b *conversation) int {
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

// page cuts the wanted rows out of all that were found.
func (q listQuery) page(found []*conversation) []*conversation {
	rest := found[min(q.skip, len(found)):]
	return rest[:min(q.limit, len(rest))]
}

// pageNumber is the 1-based page that the skipped rows amount to.
func (q listQuery) pageNumber() int {
	if q.limit == 0 {
		return 1
	}
	return q.skip/q.limit + 1
}

// parameters reads query parameters and collects what is wrong with them.
type parameters struct {
	values   url.Values
	problems []invalidField
}

func (p *parameters) reject(path, kind, message string, context map[string]string) {
	p.problems = append(p.problems, invalidField{Message: message, Path: path, Type: kind, Context: context})
}

// count reads a non-negative integer that may be given once.
func (p *parameters) count(name string, absent int) int {
	given, ok := p.values[name]
	if !ok {
		return absent
	}
	n, err := strconv.Atoi(given[0])
	if err != nil || len(given) > 1 {
		p.reject("."+name, "type", "should be integer", map[string]string{"type": "integer"})
	} else if n < 0 {
		p.reject("."+name, "minimum", "should be >= 0", map[string]string{"comparison": ">=", "limit": "0"})
	}
	return n
}

// skip reads the two ways to name the first row. Page counts from 1, and 0 is the first page, too.
func (p *parameters) skip(limit int) int {
	page := p.count("page", 1)
	if p.values.Has("skip") {
		return p.count("skip", 0)
	}
	if page <= 1 || limit <= 0 {
		return 0
	}
	if page-1 > math.MaxInt/limit {
		return math.MaxInt
	}
	return (page - 1) * limit
}

// enums reads a repeatable parameter with a closed set of values.
func (p *parameters) enums(name string, allowed ...string) []string {
	given := p.values[name]
	for i, value := range given {
		if !slices.Contains(allowed, value) {
			p.reject(fmt.Sprintf(".%s[%d]", name, i), "enum", "should be equal to one of the allowed values",
				map[string]string{"allowedValues": strings.Join(allowed, ", ")})
		}
	}
	return given
}

// order pairs sort and order by position; a field without an order is sorted descending.
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
