package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Customers answers Query.customers.
func (query) Customers(ctx context.Context, first *int32, after *string, last *int32, before *string) (*model.CustomerConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	page, err := newNamedPage("customers", arguments, customerName)
	if err != nil {
		return nil, err
	}
	edges := startLists(ctx)
	rows, err := loader.From(ctx).Customers(ctx)
	if err != nil {
		return nil, err
	}
	connection := page.cut(rows, isWhole(rows))
	startBehindEdges(ctx, edges, connection.Nodes)
	return connection, nil
}

func customerName(customer *rest.Customer) name { return name{valueOf(customer.Name), customer.ID} }

// Conversations answers Customer.conversations.
func (customer) Conversations(
	ctx context.Context, parent *rest.Customer, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	return conversationsOf(ctx, parent, arguments, filter, orderBy)
}

// Projects answers Customer.projects.
func (customer) Projects(
	ctx context.Context, parent *rest.Customer, first *int32, after *string, last *int32, before *string,
) (*model.ProjectConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	page, err := newNamedPage(model.Scope("projects/"+parent.ID), arguments, projectName)
	if err != nil {
		return nil, err
	}
	edges := startLists(ctx)
	loaders := loader.From(ctx)
	all, err := loaders.Projects(ctx)
	if err != nil {
		return nil, err
	}
	own, err := loaders.ProjectsOf(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	connection := page.cut(own, isWhole(all))
	startBehindEdges(ctx, edges, connection.Nodes)
	return connection, nil
}
