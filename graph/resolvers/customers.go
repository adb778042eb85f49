package resolvers

import (
	"context"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Customers resolves Query.customers.
func (query) Customers(ctx context.Context, first *int32, after *string, last *int32, before *string) (*model.CustomerConnection, error) {
	name := func(customer *rest.Customer) string { return valueOf(customer.Name) }
	id := func(customer *rest.Customer) string { return customer.ID }
	list := namedList[*rest.Customer]{
		load: loader.From(ctx).Customers.Load, scope: "customers", order: byName(name, id), plural: "customers",
	}
	return list.page(ctx, model.PageArguments{First: first, After: after, Last: last, Before: before})
}

// Conversations resolves Customer.conversations.
func (customer) Conversations(
	ctx context.Context, parent *rest.Customer, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder, includeDescendants bool,
) (*model.ConversationConnection, error) {
	return conversationsOf(ctx, edgeOf(parent, includeDescendants), model.PageArguments{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Projects resolves Customer.projects.
func (customer) Projects(
	ctx context.Context, parent *rest.Customer, first *int32, after *string, last *int32, before *string,
) (*model.ProjectConnection, error) {
	list := projectList(ctx)
	list.scope = model.Scope("projects/" + parent.ID)
	list.excludes = func(project *rest.Project) bool { return !strings.EqualFold(project.CustomerID, parent.ID) }
	list.isUncertain = func(project *rest.Project) bool { return project.CustomerID == "" }
	return list.page(ctx, model.PageArguments{First: first, After: after, Last: last, Before: before})
}
