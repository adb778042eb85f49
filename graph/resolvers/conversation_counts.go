package resolvers

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// ConversationCounts resolves Query.conversationCounts.
func (query) ConversationCounts(ctx context.Context, filter *generated.ConversationFilter) (*model.ConversationCounts, error) {
	selected, err := newSelection(filter, nil)
	if err != nil {
		return nil, err
	}
	list, err := selected.fullList(ctx)
	if err != nil {
		return nil, err
	}
	rows := selected.conditions.matching(list.Conversations)
	return &model.ConversationCounts{
		TotalCount: len(rows), Statuses: countStatuses(rows), Sides: countSides(rows), Categories: countCategories(rows),
		CountCustomers: func(ctx context.Context) ([]*model.ConversationCustomerCount, error) {
			return countCustomers(ctx, list, rows)
		},
	}, nil
}

// Customers resolves ConversationCounts.customers.
func (conversationCounts) Customers(ctx context.Context, parent *model.ConversationCounts) ([]*model.ConversationCustomerCount, error) {
	return parent.CountCustomers(ctx)
}

func countStatuses(rows []*rest.Conversation) []*model.ConversationStatusCount {
	return counts(grouped(rows, func(row *rest.Conversation) string { return string(row.Status) }), func(status string, count int) *model.ConversationStatusCount {
		return &model.ConversationStatusCount{Status: rest.ConversationStatus(status), Count: count}
	})
}

func countSides(rows []*rest.Conversation) []*model.ConversationSideCount {
	return counts(grouped(rows, func(row *rest.Conversation) string { return string(row.WaitingFor()) }), func(side string, count int) *model.ConversationSideCount {
		return &model.ConversationSideCount{WaitingFor: rest.WaitingFor(side), Count: count}
	})
}

func countCategories(rows []*rest.Conversation) []*model.ConversationCategoryCount {
	groups := grouped(rows, func(row *rest.Conversation) string {
		if row.Category == nil {
			return ""
		}
		return strings.ToLower(row.Category.ID)
	})
	return counts(groups, func(id string, count int) *model.ConversationCategoryCount {
		return &model.ConversationCategoryCount{Category: groups[id][0].Category, Count: count}
	})
}

// countCustomers counts rows of a full list by customer, like the edge of a customer with descendants.
func countCustomers(ctx context.Context, list *loader.FullList, rows []*rest.Conversation) ([]*model.ConversationCustomerCount, error) {
	rollup, err := loader.From(ctx).RollUp(ctx, list, &rest.Customer{})
	if err != nil {
		return nil, err
	}
	if !rollup.IsWhole {
		return nil, &model.Error{
			Code:    model.CodeUpstreamBadResponse,
			Message: "The customers of some conversations are unknown, because mStudio lists at most 1,000 objects of a type.",
		}
	}
	ownerless := map[*rest.Conversation]bool{}
	for _, row := range rows {
		ownerless[row] = true
	}
	isCounted := maps.Clone(ownerless)
	groups := map[string][]*rest.Conversation{}
	for owner, owned := range rollup.ByOwner {
		for _, row := range owned {
			if isCounted[row] {
				groups[owner] = append(groups[owner], row)
				delete(ownerless, row)
			}
		}
	}
	if len(ownerless) > 0 {
		groups[""] = slices.Collect(maps.Keys(ownerless))
	}
	return counts(groups, func(owner string, count int) *model.ConversationCustomerCount {
		if owner == "" {
			return &model.ConversationCustomerCount{Count: count}
		}
		return &model.ConversationCustomerCount{Customer: &rest.Customer{Ref: rest.Ref{ID: owner}}, Count: count}
	}), nil
}

func grouped(rows []*rest.Conversation, by func(*rest.Conversation) string) map[string][]*rest.Conversation {
	groups := map[string][]*rest.Conversation{}
	for _, row := range rows {
		key := by(row)
		groups[key] = append(groups[key], row)
	}
	return groups
}

// counts returns the sizes of groups, largest first, and groups of one size in the order of their keys.
func counts[V any](groups map[string][]*rest.Conversation, count func(key string, size int) V) []V {
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	})
	sizes := make([]V, len(keys))
	for i, key := range keys {
		sizes[i] = count(key, len(groups[key]))
	}
	return sizes
}
