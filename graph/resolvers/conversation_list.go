package resolvers

import (
	"context"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const defaultListPage = 20

// listPage is a page of a list that mStudio filters, sorts and cuts by position. Rows enter, leave and move while a client
// pages. So a cursor is an anchor, and the page is cut from one response that contains the anchor's place: responses at
// different times could lack a row or repeat it.
type listPage struct {
	bounds

	list      sortedList
	scope     model.Scope
	arguments model.PageArguments
}

func newListPage(list rest.ConversationList, arguments model.PageArguments) (*listPage, error) {
	page := &listPage{
		list: sortedList{list, conversationOrder(list.Sort, createdAt)}, scope: model.Scope("conversations?" + list.Query().Encode()), arguments: arguments,
	}
	var err error
	page.bounds, err = newBounds(page.scope, arguments, model.MaxPage, page.parse)
	return page, err
}

// parse reads an anchor. That of an unreadable row is only its position.
func (p *listPage) parse(text string) (*anchor, error) {
	if position, err := parsePosition(text); err == nil {
		return &anchor{position: position}, nil
	}
	return p.list.order.parse(text)
}

// cursor returns the cursor of a row, which is nil if it is unreadable. order is that of the rows around it.
func (p *listPage) cursor(order order[*rest.Conversation], row *rest.Conversation, position int) string {
	if row == nil {
		return p.scope.Encode(strconv.Itoa(position))
	}
	return p.scope.Encode(order.encode(row, position))
}

// load returns the page, and prefetches the fields below it as soon as the IDs are known.
func (p *listPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	part, err := p.fetch(ctx)
	if err != nil {
		return nil, err
	}
	connection, unreadable := p.cut(part)
	if err := prefetchBelow(ctx, connection.Nodes...); err != nil {
		return nil, err
	}
	if unreadable {
		reportUnreadable(ctx, "conversations")
	}
	return connection, nil
}

// fetch returns a part of the list that contains the page.
func (p *listPage) fetch(ctx context.Context) (listPart, error) {
	count, fromEnd := p.arguments.Size(defaultListPage)
	switch {
	case p.isCrossed():
		return p.none(ctx, p.after.position+1)
	case count == 0:
		return p.none(ctx, p.edge(fromEnd))
	case fromEnd && p.before != nil:
		return p.list.around(ctx, place{p.before, false}, count, 1)
	case fromEnd:
		return p.tail(ctx, count)
	case p.after != nil:
		return p.list.around(ctx, place{p.after, true}, 1, count)
	}
	return fetchPart(ctx, p.list.ConversationList, 0, count)
}

// isCrossed reports whether the cursors leave no room for rows.
func (p *listPage) isCrossed() bool {
	switch {
	case p.after == nil || p.before == nil:
		return false
	case p.after.keys == nil || p.before.keys == nil:
		return p.after.position >= p.before.position
	case !p.list.isExact(p.after) || !p.list.isExact(p.before):
		return false // the keys are not those that mStudio sorts by
	}
	return p.list.order.compareKeys(p.after.keys, p.before.keys) >= 0
}

// edge returns the position at which the rows of the page start, or end.
func (p *listPage) edge(fromEnd bool) int {
	switch {
	case fromEnd && p.before != nil:
		return p.before.position
	case fromEnd:
		return maxPosition
	case p.after != nil:
		return p.after.position + 1
	}
	return 0
}

// none returns the part without rows at a position. It fetches one row if the length of the list is selected.
func (p *listPage) none(ctx context.Context, position int) (listPart, error) {
	if !selectsLength(ctx) {
		return listPart{}, nil
	}
	part, err := fetchPart(ctx, p.list.ConversationList, 0, 1)
	switch {
	case err != nil:
		return part, err
	case part.Total != nil:
		position = min(position, *part.Total)
		part.HasMore = position < *part.Total
	case position == maxPosition:
		return part, noTotal()
	}
	part.Rows, part.Position, part.isLast = nil, position, false
	return part, nil
}

// selectsLength reports whether a selected field of the page being resolved depends on the length of the list.
func selectsLength(ctx context.Context) bool {
	selected := graphql.CollectFieldsCtx(ctx, []string{"ConversationConnection"})
	return slices.ContainsFunc(selected, func(field graphql.CollectedField) bool {
		return field.Name == "totalCount" || field.Name == "pageInfo"
	})
}

// tail fetches the end of the list, as the start of the list in the opposite order.
func (p *listPage) tail(ctx context.Context, count int) (listPart, error) {
	part, err := fetchPart(ctx, opposite(p.list.ConversationList), 0, count)
	if err != nil {
		return part, err
	}
	if part.Total == nil {
		return part, noTotal()
	}
	part.Rows = slices.Clone(part.Rows) // the loader keeps them
	slices.Reverse(part.Rows)
	part.Position, part.HasMore = max(*part.Total-len(part.Rows), 0), false
	return part, nil
}

func noTotal() error {
	return &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "mStudio omitted the length of the list, so the gateway cannot page from the end. Use `first` or `before`.",
	}
}

func opposite(list rest.ConversationList) rest.ConversationList {
	list.Sort = slices.Clone(list.Sort)
	for i := range list.Sort {
		list.Sort[i].Descending = !list.Sort[i].Descending
	}
	return list
}

// cut returns the page, and whether rows are missing in it because they are unreadable.
func (p *listPage) cut(part listPart) (connection *model.ConversationConnection, unreadable bool) {
	start, end := 0, len(part.Rows)
	if p.after != nil {
		start, _ = p.list.find(part, place{p.after, true})
	}
	if p.before != nil {
		end, _ = p.list.find(part, place{p.before, false})
	}
	if start == len(part.Rows) && part.isLast {
		part.HasMore = false // a total that counts hidden rows must not send clients on from a page without a cursor
	}
	order := p.list.orderOf(part.Rows)
	cursor := func(i int) string { return p.cursor(order, part.Rows[i], part.Position+i) }
	connection = part.Page(start, end, p.arguments, defaultListPage, cursor)
	if !slices.Contains(connection.Nodes, nil) {
		return connection, false
	}
	removeUnreadable(connection)
	return connection, true
}

// removeUnreadable removes the rows that are nil. They remain the ends of a page whose rows are all unreadable, so that
// clients can leave it. Otherwise readable rows are the ends, because the cursor of an unreadable row is only a position.
func removeUnreadable(connection *model.ConversationConnection) {
	rows, cursor := connection.Nodes, connection.Cursor
	var readable []int
	connection.Nodes = nil
	for i, row := range rows {
		if row != nil {
			connection.Nodes = append(connection.Nodes, row)
			readable = append(readable, i)
		}
	}
	connection.Cursor = func(index int) string { return cursor(readable[index]) }
	if len(readable) > 0 {
		return
	}
	connection.Ends = func() (start, end string) { return cursor(0), cursor(len(rows) - 1) }
}
