package resolvers

import (
	"context"
	"slices"
	"sort"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// fullListPage is a page of a list that the gateway has to read as a whole, because mStudio cannot filter it.
type fullListPage struct {
	pageBounds[rest.Conversation] // rows that stand where the cursors point to

	selected  *selection
	of        *edge // nil for the root's own list
	order     rowOrder
	scope     model.Scope
	arguments model.PageArguments
}

func newFullListPage(selected *selection, of *edge, arguments model.PageArguments) (*fullListPage, error) {
	page := &fullListPage{selected: selected, of: of, order: selected.list.Sort, arguments: arguments}
	page.scope = model.Scope("conversations?" + selected.list.Query().Encode() + "&" + selected.conditions.said.Encode() + of.scope())
	var err error
	page.pageBounds, err = newPageBounds(page.scope, arguments, page.order.parsePlace)
	return page, err
}

// load waits for the scan, and starts what the page's conversations will need.
func (p *fullListPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	scan, err := loader.From(ctx).FullList(ctx, p.selected.list)
	if rest.IsBudgetExceeded(err) {
		return nil, &model.Error{
			Code: model.CodeUpstreamBudgetExceeded,
			Message: "The whole list has to be read for this, which takes more calls of mStudio than one operation may make: " +
				"narrow it down with filter.search or filter.state.",
		}
	}
	if err != nil {
		return nil, err
	}
	connection := p.cut(scan)
	startBelow(ctx, idsOf(connection.Nodes)...)
	if scan.Unreadable > 0 {
		reportUnreadable(ctx, "conversations")
	}
	return connection, nil
}

// cut takes the page out of what was read.
func (p *fullListPage) cut(scan *loader.FullList) *model.ConversationConnection {
	rows := p.rows(scan)
	total := len(rows)
	start, end := 0, total
	if p.after != nil {
		start = sort.Search(total, func(i int) bool { return p.order.compare(rows[i], p.after) > 0 })
	}
	if p.before != nil {
		end = max(sort.Search(total, func(i int) bool { return p.order.compare(rows[i], p.before) >= 0 }), start)
	}
	front, back := p.arguments.Cut(end-start, defaultListPage)
	start, end = start+front, end-back
	nodes := rows[start:end]
	return &model.ConversationConnection{
		Nodes:       nodes,
		TotalCount:  &total,
		HasPrevious: start > 0,
		HasNext:     end < total,
		Cursor:      func(index int) string { return p.scope.Encode(p.order.place(nodes[index])) },
	}
}

// rows are those that are meant, in order.
func (p *fullListPage) rows(scan *loader.FullList) []*rest.Conversation {
	from := scan.Conversations
	if p.of != nil {
		from = scan.About(p.of.id)
	}
	var rows []*rest.Conversation
	for _, row := range from {
		if p.of.leadsTo(row) && p.selected.conditions.hold(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, p.order.compare)
	return rows
}

func idsOf(rows []*rest.Conversation) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = row.ID
	}
	return list
}
