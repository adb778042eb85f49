package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Projects resolves Query.projects.
func (query) Projects(ctx context.Context, first *int32, after *string, last *int32, before *string) (*model.ProjectConnection, error) {
	return projectList(ctx).page(ctx, model.PageArguments{First: first, After: after, Last: last, Before: before})
}

func projectList(ctx context.Context) namedList[*rest.Project] {
	name := func(project *rest.Project) string { return valueOf(project.Description) }
	id := func(project *rest.Project) string { return project.ID }
	return namedList[*rest.Project]{load: loader.From(ctx).Projects.Load, scope: "projects", order: byName(name, id), plural: "projects"}
}

// Conversations resolves Project.conversations.
func (project) Conversations(
	ctx context.Context, parent *rest.Project, first *int32, after *string, last *int32, before *string,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder, includeDescendants bool,
) (*model.ConversationConnection, error) {
	return conversationsOf(ctx, edgeOf(parent, includeDescendants), model.PageArguments{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}
