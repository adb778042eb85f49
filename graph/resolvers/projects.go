package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Projects answers Query.projects.
func (query) Projects(ctx context.Context, first *int32, after *string, last *int32, before *string) (*model.ProjectConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	page, err := newNamedPage("projects", arguments, projectName)
	if err != nil {
		return nil, err
	}
	edges := startLists(ctx)
	list, err := loader.From(ctx).Projects.Load(ctx)
	if err != nil {
		return nil, err
	}
	connection := cutListing(ctx, page, list, list.Rows(), "projects")
	startBehindEdges(ctx, edges, connection.Nodes)
	return connection, nil
}

func projectName(project *rest.Project) name { return name{valueOf(project.Description), project.ID} }

// Conversations answers Project.conversations.
func (project) Conversations(
	ctx context.Context, parent *rest.Project, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	return conversationsOf(ctx, parent, arguments, filter, orderBy)
}
