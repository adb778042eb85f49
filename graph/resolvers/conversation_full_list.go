package resolvers

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// fullListPage is a page of conversations for which the gateway reads the full list, because mStudio cannot filter it.
type fullListPage struct {
	*sortedPage[*rest.Conversation]

	selected *selection
	of       *edge // nil for Query.conversations
}

func newFullListPage(selected *selection, of *edge, arguments model.PageArguments) (*fullListPage, error) {
	scope := model.Scope("conversations?" + selected.list.Query().Encode() + "&" + selected.conditions.scopeKey.Encode() + of.scope())
	page, err := newSortedPage(scope, arguments, conversationOrder(selected.list.Sort), defaultListPage)
	return &fullListPage{sortedPage: page, selected: selected, of: of}, err
}

// load returns the page, and prefetches the fields below it.
func (p *fullListPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	list, err := loader.From(ctx).FullList(ctx, p.selected.list)
	if rest.IsBudgetExceeded(err) {
		return nil, &model.Error{
			Code: model.CodeUpstreamBudgetExceeded,
			Message: "This requires the full list, which needs more mStudio calls than one operation may make. " +
				"Narrow it down with `filter.search` or `filter.states`.",
		}
	}
	if err != nil {
		return nil, err
	}
	if list.Unreadable > 0 {
		reportUnreadable(ctx, "conversations")
	}
	if p.selected.mayAddState && list.Calls > 1 {
		loader.From(ctx).Hint(list, "`filter.statuses` excludes closed conversations. With `filter.states: [OPEN]` as well, only those that mStudio lists as open are read.")
	}
	connection := p.cut(list)
	return connection, prefetchBelow(ctx, connection.Nodes...)
}

// cut returns the page of a full list.
func (p *fullListPage) cut(list *loader.FullList) *model.ConversationConnection {
	candidates := list.Conversations
	if p.of != nil {
		candidates = list.About(p.of.id)
	}
	var rows []*rest.Conversation
	for _, row := range candidates {
		if p.of.leadsTo(row) && p.selected.conditions.matches(row) {
			rows = append(rows, row)
		}
	}
	return p.slice(rows)
}
