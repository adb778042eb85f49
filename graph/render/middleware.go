package render

import (
	"context"
	"reflect"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// Field is a field middleware. It passes each resolver its plan, which lists the calls to prefetch, and renders the
// resolver's result. gqlgen's executor copies the returned marshaler into the response.
//
// If the operation has no memory left, all further fields are null without an error: one error replaces the whole response.
func (e *Executor) Field(ctx context.Context, next graphql.Resolver) (any, error) {
	account := memory.From(ctx)
	if account.Failed() {
		return graphql.Null, nil
	}
	result, err := e.resolve(ctx, next)
	if account.Failed() {
		return graphql.Null, nil
	}
	return result, err
}

func (e *Executor) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if err := CheckNulls(field.Field, graphql.GetOperationContext(ctx).Variables); err != nil {
		return nil, err
	}
	if !field.IsResolver && field.Field.Name != "_entities" { // gqlgen treats _entities as a field of its own plugin
		result, err := next(ctx)
		count(ctx, result)
		return e.resolveReferences(ctx, field, applicable(field, result)), err
	}
	plan := PlanOf(ctx, field)
	if plan == nil && field.Parent != nil && field.Parent.Parent == nil {
		plan = e.rootPlan(ctx, field)
		ctx = WithPlan(ctx, plan)
	}
	result, err := next(ctx)
	if err != nil || result == nil {
		return result, err
	}
	if plan == nil || e.Disabled {
		count(ctx, result)
		e.prefetchReferences(ctx, field, plan, result)
		return e.resolveReferences(ctx, field, result), nil
	}
	if rendered := e.Writers.Render(ctx, field, plan, result, &fetcher{field: field}); rendered != nil {
		return rendered, nil
	}
	return e.resolveReferences(ctx, field, result), nil
}

// executorField and executorElement are about what gqlgen's executor allocates for one field and for one element of a list, in
// bytes. It renders each element in a goroutine.
const executorField, executorElement = 256, 4 << 10

// count reserves memory for a field that gqlgen's executor renders. It holds a text twice: as a value and in the response.
func count(ctx context.Context, result any) {
	size := executorField
	switch result := result.(type) {
	case string:
		size += 2 * len(result)
	case *string:
		if result != nil {
			size += 2 * len(*result)
		}
	default:
		if list := reflect.ValueOf(result); list.Kind() == reflect.Slice {
			size += executorElement * list.Len()
		}
	}
	_ = memory.From(ctx).Reserve(size) // Field reports the error
}

// rootPlan returns the plan of a root field, or nil if the field has no writer.
func (e *Executor) rootPlan(ctx context.Context, field *graphql.FieldContext) *Field {
	operation := graphql.GetOperationContext(ctx)
	plans := e.Plans.Plans(operation.RawQuery, operation.Doc)
	return plans.Root(e.Writers.Types(), operation, field.Object, field.Field)
}

// prefetchReferences fetches the references in a result that gqlgen's executor renders. The executor requests them one by one.
func (e *Executor) prefetchReferences(ctx context.Context, field *graphql.FieldContext, plan *Field, result any) {
	if plan == nil {
		plan = compileField(e.Writers.Types(), graphql.GetOperationContext(ctx), field.Object, field.Field)
	}
	if plan != nil && plan.Fetches {
		e.Writers.Fetch(ctx, field, plan, result, &fetcher{field: field})
	}
}

// resolveReferences replaces the references in a result that gqlgen's executor renders by the objects.
func (e *Executor) resolveReferences(ctx context.Context, field *graphql.FieldContext, result any) any {
	switch result := result.(type) {
	case rest.Entity:
		if reflect.ValueOf(result).IsNil() {
			return result
		}
		return e.resolveReference(ctx, field, nil, result)
	case []rest.Reference:
		return resolveEach(ctx, e, field, result)
	case []model.Entity:
		return resolveEach(ctx, e, field, result)
	}
	return result
}

func resolveEach[T any](ctx context.Context, e *Executor, field *graphql.FieldContext, list []T) []T {
	all := slices.Clone(list)
	for i, element := range list {
		if entity, ok := any(element).(rest.Entity); ok {
			all[i], _ = e.resolveReference(ctx, field, ast.Path{ast.PathIndex(i)}, entity).(T)
		}
	}
	return all
}

// resolveReference returns the object for a reference. below is the path from the field to the reference.
func (e *Executor) resolveReference(ctx context.Context, field *graphql.FieldContext, below ast.Path, object rest.Entity) rest.Entity {
	if object.IsComplete() {
		return object
	}
	operation := graphql.GetOperationContext(ctx)
	first := firstFetched(e.Writers.Types(), operation, e.Writers.TypeOf(object), field.Field.Selections)
	if first == nil {
		return object
	}
	fetched, err := loader.From(ctx).Entity(ctx, object)
	if err != nil {
		graphql.AddError(ctx, errorAt(append(graphql.GetPath(ctx), below...), first, err))
	}
	return fetched
}
