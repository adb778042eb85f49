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
	page, err := newSortedPage(scope, arguments, conversationOrder(selected.list.Sort, createdAt), defaultListPage)
	return &fullListPage{sortedPage: page, selected: selected, of: of}, err
}

// load returns the page, and prefetches the fields below it.
func (p *fullListPage) load(ctx context.Context) (*model.ConversationConnection, error) {
	list, err := p.selected.fullList(ctx)
	if err != nil {
		return nil, err
	}
	connection, err := p.cut(ctx, list)
	if err != nil {
		return nil, err
	}
	loader.From(ctx).AddRows(connection.Nodes)
	return connection, prefetchBelow(ctx, connection.Nodes...)
}

// cut returns the page of a full list.
func (p *fullListPage) cut(ctx context.Context, list *loader.FullList) (*model.ConversationConnection, error) {
	candidates, isWhole, err := p.of.conversations(ctx, list)
	if err != nil {
		return nil, err
	}
	p.order = conversationOrder(p.selected.list.Sort, list.CreatedAt)
	connection := p.slice(p.selected.conditions.matching(candidates))
	if !isWhole {
		connection.TotalCount = nil
	}
	return connection, nil
}

// fullList returns the full list that the conditions of the gateway are checked on.
func (s *selection) fullList(ctx context.Context) (*loader.FullList, error) {
	exact, err := s.exact(ctx)
	if err != nil {
		return nil, err
	}
	if exact != nil {
		return &loader.FullList{Conversations: []*rest.Conversation{exact}}, nil
	}
	list, err := loader.From(ctx).FullList(ctx, s.list)
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
	if s.mayAddState && list.Calls > 1 {
		loader.From(ctx).Hint(list, "`filter.statuses` excludes closed conversations. With `filter.states: [OPEN]` as well, only those that mStudio lists as open are read.")
	}
	return list, nil
}
