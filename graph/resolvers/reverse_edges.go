package resolvers

import (
	"context"
	"slices"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// conversationsOf returns a page of the conversations that an edge leads to.
func conversationsOf(
	ctx context.Context, of *edge, arguments model.PageArguments,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	selected, err := newSelection(filter, orderBy)
	if err != nil {
		return nil, err
	}
	page, err := newFullListPage(selected, of, arguments)
	if err != nil {
		return nil, err
	}
	return page.load(ctx)
}

// edgeField is a field with the conversations of objects of one type, below the field being resolved.
type edgeField struct {
	plan      *render.Field
	of        string // the type that has the field
	isDirect  bool   // whether the field being resolved returns the objects themselves
	selected  *selection
	arguments model.PageArguments

	includesDescendants bool
}

// edgesBelow returns the edge fields of objects on pages, at any depth. It omits fields that will be rejected for their
// arguments, and all fields below them. isResolved reports whether plan is that of the field being resolved.
func edgesBelow(ctx context.Context, plan *render.Field, isResolved bool) []edgeField {
	if plan == nil {
		return nil
	}
	var found []edgeField
	for _, below := range plan.Resolvers {
		if below.AfterResolver || slices.Contains(below.Within, "Conversation") {
			continue
		}
		switch below.Collected.Name {
		case "projects":
			if hasItems(ctx, below) {
				found = append(found, edgesBelow(ctx, below.Field, false)...)
			}
		case "conversations":
			if field, err := newEdgeField(ctx, below); err == nil {
				field.isDirect = isResolved && !slices.ContainsFunc(below.Within, isNotPage)
				found = append(found, field)
			}
		}
	}
	return found
}

// hasItems reports whether a page may have items, as far as its arguments show.
func hasItems(ctx context.Context, field render.Resolver) bool {
	arguments, err := argumentsOf(ctx, field.Object, field.Field)
	page := pageArguments(arguments)
	return err == nil && page.Check(model.MaxPage) == nil && !page.IsEmpty()
}

func newEdgeField(ctx context.Context, below render.Resolver) (edgeField, error) {
	arguments, err := argumentsOf(ctx, below.Object, below.Field)
	if err != nil {
		return edgeField{}, err
	}
	filter, _ := arguments["filter"].(*generated.ConversationFilter)
	orderBy, _ := arguments["orderBy"].([]*generated.ConversationOrder)
	field := edgeField{plan: below.Field, of: below.Object, arguments: pageArguments(arguments)}
	field.includesDescendants, _ = arguments["includeDescendants"].(bool)
	if err := field.arguments.Check(model.MaxPage); err != nil {
		return field, err
	}
	field.selected, err = newSelection(filter, orderBy)
	return field, err
}

// isNotPage reports whether an object within one of this type may be something else than an element of a page.
func isNotPage(typeName string) bool {
	return !strings.HasSuffix(typeName, "Connection") && !strings.HasSuffix(typeName, "Edge")
}

// prefetchLists starts reading all lists that the fields below the list being resolved need. They do not depend on the
// objects of that list.
func prefetchLists(ctx context.Context) []edgeField {
	plan := currentPlan(ctx)
	fields := edgesBelow(ctx, plan, true)
	for _, field := range fields {
		field.prefetch(ctx)
	}
	if plan != nil && slices.ContainsFunc(plan.Resolvers, func(below render.Resolver) bool { return needsProjects(ctx, below) }) {
		loader.From(ctx).Projects.Start(ctx)
	}
	return fields
}

// needsProjects reports whether a field returns the projects of customers on a page. It returns false for a field with
// cursors, which may be rejected.
func needsProjects(ctx context.Context, below render.Resolver) bool {
	if below.Object != "Customer" || below.Collected.Name != "projects" || below.AfterResolver {
		return false
	}
	arguments, err := argumentsOf(ctx, below.Object, below.Field)
	page := pageArguments(arguments)
	return err == nil && page.Check(model.MaxPage) == nil && page.After == nil && page.Before == nil
}

// prefetch starts reading the full list of the field. It does nothing if the field has a cursor, because a
// cursor is valid for only one object and may be rejected.
func (f *edgeField) prefetch(ctx context.Context) {
	if f.arguments.After == nil && f.arguments.Before == nil && !isShortID(f.selected.list.Search) {
		loader.From(ctx).StartFullList(ctx, f.selected.list)
	}
}

// prefetchBehindEdges starts the upstream calls of the fields on the conversations of these objects, for all objects at
// once. Otherwise the calls for one object would start only after those for the object before it. It waits for the full
// lists, which the result needs in any case. Errors are reported by the resolvers of the fields.
func prefetchBehindEdges[T rest.Reference](ctx context.Context, fields []edgeField, objects []T) {
	for _, field := range fields {
		of := slices.DeleteFunc(slices.Clone(objects), func(object T) bool { return typeName(object) != field.of })
		if field.isDirect && len(field.plan.Resolvers) > 0 && len(of) > 0 {
			prefetchBehindEdge(ctx, field, of)
		}
	}
}

func prefetchBehindEdge[T rest.Reference](ctx context.Context, field edgeField, objects []T) {
	var pages []*fullListPage
	for _, object := range objects {
		if page, err := newFullListPage(field.selected, edgeOf(object, field.includesDescendants), field.arguments); err == nil {
			pages = append(pages, page)
		}
	}
	if len(pages) == 0 || isShortID(field.selected.list.Search) {
		return // all cursors will be rejected, or no list may be needed: that must cost no call
	}
	list, err := loader.From(ctx).FullList(ctx, field.selected.list)
	if err != nil {
		return
	}
	for _, page := range pages {
		if connection, err := page.cut(ctx, list); err == nil {
			prefetchFields(ctx, field.plan, connection.Nodes...)
		}
	}
}

func typeName(object rest.Reference) string {
	switch object.(type) {
	case *rest.Customer:
		return "Customer"
	case *rest.Project:
		return "Project"
	}
	return ""
}
