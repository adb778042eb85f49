package resolvers

import (
	"context"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	defaultListPage = 20
	maxLimit        = 100 // rows in one call
	// maxPosition keeps arithmetic on a forged cursor from overflowing.
	maxPosition = 1 << 30
)

// sortKeys ends in the id: mStudio does not say in which order it lists equals, and pages must not overlap.
func sortKeys(orderBy []*generated.ConversationOrder) ([]rest.ConversationSort, error) {
	keys := make([]rest.ConversationSort, 0, len(orderBy)+1)
	for _, order := range orderBy {
		key := rest.ConversationSort{Field: sortField(order.Field), Descending: order.Direction == generated.OrderDirectionDesc}
		if sortsBy(keys, key.Field) {
			return nil, model.BadInput("orderBy must name each field at most once.")
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

// listPage is a page of the list in terms of positions, which count from 0 in the order of the list.
type listPage struct {
	list      rest.ConversationList
	scope     model.Scope
	arguments model.PageArguments
	start     int // first position that may be on the page
	end       int // first position behind it; maxPosition if there is no bound
}

func newListPage(list rest.ConversationList, arguments model.PageArguments) (*listPage, error) {
	page := &listPage{list: list, scope: model.Scope("conversations?" + list.Query().Encode()), arguments: arguments, end: maxPosition}
	if err := arguments.Check(); err != nil {
		return nil, err
	}
	if arguments.After != nil {
		position, err := page.position(*arguments.After)
		if err != nil {
			return nil, err
		}
		page.start = position + 1
	}
	if arguments.Before != nil {
		position, err := page.position(*arguments.Before)
		if err != nil {
			return nil, err
		}
		page.end = position
	}
	return page, nil
}

func (p *listPage) position(cursor string) (int, error) {
	text, err := p.scope.Decode(cursor)
	if err != nil {
		return 0, err
	}
	position, err := strconv.Atoi(text)
	if err != nil || position < 0 || position+1 >= maxPosition {
		return 0, model.BadInput("The cursor is not one of this API.")
	}
	return position, nil
}

// load fetches the page, and starts what its conversations will need as soon as their ids are known.
func (p *listPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	rows, err := p.rows(ctx)
	if err != nil {
		return nil, err
	}
	startBelow(ctx, rows.ids()...)
	if rows.unreadable() > 0 {
		reportUnreadable(ctx, "conversations")
	}
	return rows.connection(p.scope), nil
}

// rows decides from which side to fetch.
func (p *listPage) rows(ctx context.Context) (*listRows, error) {
	count, fromEnd := p.arguments.Size(defaultListPage)
	switch {
	case p.end <= p.start:
		return p.none(ctx)
	case !fromEnd:
		return fetchRows(ctx, p.list, p.start, min(p.end, p.start+count))
	case p.end < maxPosition:
		return p.before(ctx, count)
	}
	return p.tail(ctx, count)
}

// none is the page between cursors that leave no room. A row is fetched all the same for what comes with it, the list's
// length, unless only rows are asked for.
func (p *listPage) none(ctx context.Context) (*listRows, error) {
	rows := &listRows{start: p.start, total: -1, full: true}
	if !asksForLength(ctx) {
		return rows, nil
	}
	first, err := fetchRows(ctx, p.list, 0, 1)
	if err != nil {
		return nil, err
	}
	rows.total = first.total
	return rows, nil
}

// asksForLength reports whether anything is asked for of the page being resolved that depends on the list's length.
func asksForLength(ctx context.Context) bool {
	asked := graphql.CollectFieldsCtx(ctx, []string{"ConversationConnection"})
	return slices.ContainsFunc(asked, func(field graphql.CollectedField) bool {
		return field.Name == "totalCount" || field.Name == "pageInfo"
	})
}

// before fetches the last rows in front of a cursor. The list may have become shorter since the cursor was given: what
// is left in front of it is then the end of the list, which must not look like a page of nothing.
func (p *listPage) before(ctx context.Context, count int) (*listRows, error) {
	start := max(p.start, p.end-count)
	rows, err := fetchRows(ctx, p.list, start, p.end)
	if err != nil {
		return nil, err
	}
	if isShorter := !rows.full && rows.total >= 0 && rows.total < p.end; isShorter && start > p.start {
		return p.tail(ctx, count)
	}
	return rows, nil
}

// tail fetches the end of a list of unknown length as the start of the list in the opposite order.
func (p *listPage) tail(ctx context.Context, count int) (*listRows, error) {
	rows, err := fetchRows(ctx, opposite(p.list), 0, count)
	if err != nil {
		return nil, err
	}
	if rows.total < 0 {
		return nil, &model.Error{
			Code:    model.CodeUpstreamBadResponse,
			Message: "mStudio does not say how long the list is, so it cannot be paged from its end: use before or first.",
		}
	}
	slices.Reverse(rows.conversations)
	rows.start = max(rows.total-len(rows.conversations), 0)
	rows.clip(p.start, p.end)
	return rows, nil
}

func opposite(list rest.ConversationList) rest.ConversationList {
	list.Sort = slices.Clone(list.Sort)
	for i := range list.Sort {
		list.Sort[i].Descending = !list.Sort[i].Descending
	}
	return list
}

// listRows is a stretch of the list.
type listRows struct {
	start         int
	conversations []*rest.Conversation
	total         int // -1 if unknown
	full          bool
}

// fetchRows fetches the positions from start up to end, one at least.
func fetchRows(ctx context.Context, list rest.ConversationList, start, end int) (*listRows, error) {
	rows := &listRows{start: start, total: -1}
	limit, skips := alignedPages(start, end)
	list.Limit = limit
	for _, skip := range skips {
		list.Skip = skip
		loader.From(ctx).StartConversations(ctx, list)
	}
	var fetched []*rest.Conversation
	for _, skip := range skips {
		list.Skip = skip
		page, err := loader.From(ctx).Conversations(ctx, list)
		if err != nil {
			return nil, err
		}
		fetched = append(fetched, page.Conversations...)
		rows.total = page.Total
	}
	from := min(start-skips[0], len(fetched))
	to := min(end-skips[0], len(fetched))
	rows.conversations, rows.full = fetched[from:to], to-from == end-start
	return rows, nil
}

// alignedPages finds the pages that hold the positions from start up to end. mStudio wants what is skipped to be a
// multiple of the limit, so it looks for the smallest page of at most 100 rows that holds all; if there is none, two
// of the wanted size do.
func alignedPages(start, end int) (limit int, skips []int) {
	for limit = end - start; limit <= maxLimit; limit++ {
		if skip := start / limit * limit; skip+limit >= end {
			return limit, []int{skip}
		}
	}
	limit = end - start
	skip := start / limit * limit
	return limit, []int{skip, skip + limit}
}

// clip leaves out what is not at the positions from start up to end.
func (r *listRows) clip(start, end int) {
	hidden := min(max(start-r.start, 0), len(r.conversations))
	r.start += hidden
	r.conversations = r.conversations[hidden:]
	r.conversations = r.conversations[:min(max(end-r.start, 0), len(r.conversations))]
}

func (r *listRows) ids() []string {
	ids := make([]string, 0, len(r.conversations))
	for _, row := range r.conversations {
		if row != nil {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

func (r *listRows) unreadable() int { return len(r.conversations) - len(r.ids()) }

func (r *listRows) connection(scope model.Scope) *model.ConversationConnection {
	connection := &model.ConversationConnection{HasPrevious: r.start > 0, HasNext: r.hasNext()}
	readable := make([]int, 0, len(r.conversations))
	for i, row := range r.conversations {
		if row != nil {
			connection.Nodes = append(connection.Nodes, row)
			readable = append(readable, i)
		}
	}
	cursor := func(row int) string { return scope.Encode(strconv.Itoa(r.start + row)) }
	connection.Cursor = func(index int) string { return cursor(readable[index]) }
	if rows := len(r.conversations); len(readable) < rows {
		connection.Ends = func() (start, end string) { return cursor(0), cursor(rows - 1) }
	}
	if r.total >= 0 {
		connection.TotalCount = &r.total
	}
	return connection
}

func (r *listRows) hasNext() bool {
	if r.total < 0 {
		return r.full
	}
	return r.start+len(r.conversations) < r.total
}
