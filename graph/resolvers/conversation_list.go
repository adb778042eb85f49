package resolvers

import (
	"context"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

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

// listPage is a page of a list that mStudio filters, sorts and cuts. Its cursors are positions, counted from 0.
type listPage struct {
	list      rest.ConversationList
	scope     model.Scope
	arguments model.PageArguments
	start     int // first position that may be on the page
	end       int // first position after the page; maxPosition if there is no bound
}

func newListPage(list rest.ConversationList, arguments model.PageArguments) (*listPage, error) {
	page := &listPage{list: list, scope: model.Scope("conversations?" + list.Query().Encode()), arguments: arguments, end: maxPosition}
	bounds, err := newBounds(page.scope, arguments, parsePosition)
	if err != nil {
		return nil, err
	}
	if bounds.after != nil {
		page.start = *bounds.after + 1
	}
	if bounds.before != nil {
		page.end = *bounds.before
	}
	return page, nil
}

func parsePosition(text string) (int, error) {
	position, err := strconv.Atoi(text)
	if err != nil || position < 0 || position+1 >= maxPosition {
		return 0, model.InvalidCursor()
	}
	return position, nil
}

// load returns the page, and prefetches the fields below it as soon as the IDs are known.
func (p *listPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	rows, err := p.rows(ctx)
	if err != nil {
		return nil, err
	}
	prefetchBelow(ctx, rows.ids()...)
	if rows.unreadable() > 0 {
		reportUnreadable(ctx, "conversations")
	}
	return rows.connection(p.scope), nil
}

// rows fetches the rows of the page.
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

// none returns the empty page between cursors without rows between them. It fetches one row if the list's length is
// selected.
func (p *listPage) none(ctx context.Context) (*listRows, error) {
	rows := &listRows{start: p.start, total: -1, full: true}
	if !selectsLength(ctx) {
		return rows, nil
	}
	first, err := fetchRows(ctx, p.list, 0, 1)
	if err != nil {
		return nil, err
	}
	rows.total = first.total
	return rows, nil
}

// selectsLength reports whether a selected field of the page being resolved depends on the length of the list.
func selectsLength(ctx context.Context) bool {
	selected := graphql.CollectFieldsCtx(ctx, []string{"ConversationConnection"})
	return slices.ContainsFunc(selected, func(field graphql.CollectedField) bool {
		return field.Name == "totalCount" || field.Name == "pageInfo"
	})
}

// before fetches the last rows before a cursor. If the list has become shorter than the cursor's position, it returns
// the last rows of the list instead of an empty page.
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

// tail fetches the end of the list, as the start of the list in the opposite order.
func (p *listPage) tail(ctx context.Context, count int) (*listRows, error) {
	rows, err := fetchRows(ctx, opposite(p.list), 0, count)
	if err != nil {
		return nil, err
	}
	if rows.total < 0 {
		return nil, &model.Error{
			Code:    model.CodeUpstreamBadResponse,
			Message: "mStudio omitted the length of the list, so the gateway cannot page from the end. Use `first` or `before`.",
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

// listRows holds consecutive rows of a list.
type listRows struct {
	start         int // position of the first row
	conversations []*rest.Conversation
	total         int  // -1 if unknown
	full          bool // whether all requested rows exist
}

// fetchRows fetches the positions from start up to, not including, end. It needs at least one position.
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

// alignedPages returns the limit and the skips of the calls for the positions from start up to end. mStudio requires skip to
// be a multiple of limit. So alignedPages returns the smallest page of at most 100 rows that contains all positions, or two
// pages of the requested size if there is none.
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

// clip removes the rows that are not at the positions from start up to end.
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
