package resolvers

import (
	"context"
	"slices"
	"strings"

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
	list, err := loader.From(ctx).Customers.Load(ctx)
	if err != nil {
		return nil, err
	}
	connection := cutListing(ctx, page, list, list.Rows(), "customers")
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
	list, err := loader.From(ctx).Projects.Load(ctx)
	if err != nil {
		return nil, err
	}
	isOther := func(project *rest.Project) bool { return !strings.EqualFold(project.CustomerID, parent.ID) }
	connection := cutListing(ctx, page, list, slices.DeleteFunc(list.Rows(), isOther), "projects")
	startBehindEdges(ctx, edges, connection.Nodes)
	return connection, nil
}
