package resolvers

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// edge leads from an object to the conversations that are about it or shared with it.
type edge struct{ kind, id string }

func edgeOf(object rest.Reference) *edge {
	return &edge{kind: kindOf(object), id: strings.ToLower(rest.ReferenceID(object))}
}

// scope is what sets the cursors of one object's list apart.
func (e *edge) scope() string {
	if e == nil {
		return ""
	}
	return "&of=" + e.kind + "/" + e.id
}

func (e *edge) leadsTo(row *rest.Conversation) bool {
	return e == nil || e.is(row.RelatedTo) || e.is(row.SharedWith)
}

func (e *edge) is(reference rest.Reference) bool {
	return reference != nil && isKind(reference, e.kind) && strings.EqualFold(rest.ReferenceID(reference), e.id)
}

func conversationsOf(
	ctx context.Context, object rest.Reference, arguments model.PageArguments,
	filter *generated.ConversationFilter, orderBy []*generated.ConversationOrder,
) (*model.ConversationConnection, error) {
	selected, err := newSelection(filter, orderBy)
	if err != nil {
		return nil, err
	}
	page, err := newFullListPage(selected, edgeOf(object), arguments)
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
}

// edgeFields finds those of objects that are the elements of pages, however these lie within one another. It leaves out
// those that will be refused for their arguments, and what is below such.
func edgeFields(ctx context.Context) []edgeField {
	plan := render.PlanOf(ctx, graphql.GetFieldContext(ctx))
	if plan == nil {
		return nil
	}
	return edgesBelow(plan, graphql.GetOperationContext(ctx).Variables, true)
}

// edgesBelow is edgeFields for the field being resolved, and for another one below it.
func edgesBelow(plan *render.Field, variables map[string]any, isResolved bool) []edgeField {
	var found []edgeField
	for _, below := range plan.Resolvers {
		if below.AfterResolver || slices.Contains(below.Within, "Conversation") {
			continue
		}
		given := below.Field.ArgumentMap(variables)
		switch below.Collected.Name {
		case "projects":
			if arguments, err := pageArguments(given); err == nil && arguments.Check() == nil {
				found = append(found, edgesBelow(below.Field, variables, false)...)
			}
		case "conversations":
			if field, err := readEdgeField(given); err == nil {
				field.plan, field.of = below.Field, below.Object
				field.isDirect = isResolved && !slices.ContainsFunc(below.Within, isNoPage)
				found = append(found, field)
			}
		}
	}
	return found
}

// isNoPage reports whether an object that lies within one of this type is not simply an element of a page.
func isNoPage(typeName string) bool {
	return !strings.HasSuffix(typeName, "Connection") && !strings.HasSuffix(typeName, "Edge")
}

// startLists starts to read all lists that are needed below the list being resolved. None of them needs to know what is
// on it.
func startLists(ctx context.Context) []edgeField {
	fields := edgeFields(ctx)
	for _, field := range fields {
		field.start(ctx)
	}
	if asksForProjects(ctx) {
		loader.From(ctx).Projects.Start(ctx)
	}
	return fields
}

// asksForProjects reports whether projects are asked for of customers on a page. Their cursors may yet be refused.
func asksForProjects(ctx context.Context) bool {
	plan := render.PlanOf(ctx, graphql.GetFieldContext(ctx))
	return plan != nil && slices.ContainsFunc(plan.Resolvers, func(below render.Resolver) bool {
		if below.Object != "Customer" || below.Collected.Name != "projects" || below.AfterResolver {
			return false
		}
		arguments, err := pageArguments(below.Field.ArgumentMap(graphql.GetOperationContext(ctx).Variables))
		return err == nil && arguments.Check() == nil && arguments.After == nil && arguments.Before == nil
	})
}

// start starts to read the list that the conversations will be taken from. A cursor may yet be refused: it is bound to
// the object.
func (f *edgeField) start(ctx context.Context) {
	if f.arguments.After == nil && f.arguments.Before == nil {
		loader.From(ctx).StartFullList(ctx, f.selected.list)
	}
}

// readEdgeField reads arguments before the executor does, which has a reader for them that nobody else can call. What
// only that one understands, such as a single value in place of a list, is left to it: it is then not started early.
func readEdgeField(given map[string]any) (field edgeField, err error) {
	text, err := json.Marshal(given)
	if err != nil {
		return field, err
	}
	var read struct {
		First   *int32                         `json:"first"`
		Last    *int32                         `json:"last"`
		After   *string                        `json:"after"`
		Before  *string                        `json:"before"`
		Filter  *generated.ConversationFilter  `json:"filter"`
		OrderBy []*generated.ConversationOrder `json:"orderBy"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return field, err
	}
	for _, order := range read.OrderBy {
		order.Direction = cmp.Or(order.Direction, generated.OrderDirectionDesc) // the schema's default
	}
	field.arguments = model.PageArguments{First: read.First, Last: read.Last, After: read.After, Before: read.Before}
	if err := field.arguments.Check(); err != nil {
		return field, err
	}
	field.selected, err = newSelection(read.Filter, read.OrderBy)
	return field, err
}

// startBehindEdges starts what is asked for below the conversations of these objects, for all of them at the same time.
// It waits for the scans: the answer has to, anyway, and when the objects are rendered one after another, the calls of
// each would wait for those of the one before. Errors are left to the fields themselves.
func startBehindEdges[T rest.Reference](ctx context.Context, fields []edgeField, objects []T) {
	for _, field := range fields {
		of := slices.DeleteFunc(slices.Clone(objects), func(object T) bool { return typeName(object) != field.of })
		if field.isDirect && len(field.plan.Resolvers) > 0 && len(of) > 0 {
			startBehindEdge(ctx, field, of)
		}
	}
}

func startBehindEdge[T rest.Reference](ctx context.Context, field edgeField, objects []T) {
	var pages []*fullListPage
	for _, object := range objects {
		if page, err := newFullListPage(field.selected, edgeOf(object), field.arguments); err == nil {
			pages = append(pages, page)
		}
	}
	if len(pages) == 0 {
		return // refused for their cursors, which must cost no call
	}
	scan, err := loader.From(ctx).FullList(ctx, field.selected.list)
	if err != nil {
		return
	}
	for _, page := range pages {
		startPlanned(ctx, field.plan, idsOf(page.cut(scan).Nodes))
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
