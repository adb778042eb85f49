package gateway

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// What a result refers to is fetched as soon as the result is there, by whoever renders it. The projector does so on its
// way. Where the executor renders, the same is fetched in advance, and handed to it field by field.

// fetcher fetches the references of the result of one field with a resolver.
type fetcher struct {
	field *graphql.FieldContext
	once  sync.Once
	of    *loader.References
}

// Fetch fetches objects; see [render.Fetcher].
func (f *fetcher) Fetch(ctx context.Context, wanted []rest.Entity, got func(int, rest.Entity, error)) {
	f.once.Do(func() { f.of = loader.From(ctx).StartReferences(f.field, parents(f.field)) })
	f.of.Fetch(ctx, wanted, got)
}

// Few reports whether so many are fetched one by one.
func (f *fetcher) Few(ctx context.Context, count int) bool { return loader.From(ctx).Few(count) }

// parents yields the contexts that a field lies within, from the inside out.
func parents(field *graphql.FieldContext) func(yield func(key any) bool) {
	return func(yield func(any) bool) {
		for parent := field.Parent; parent != nil && yield(parent); parent = parent.Parent {
		}
	}
}

// fetchAhead fetches what a result refers to for the executor, which will ask for it piece by piece.
func fetchAhead(ctx context.Context, projector *generated.Projector, field *graphql.FieldContext, plan *render.Field, result any) {
	if plan == nil {
		plan = render.Below(projector.Types(), graphql.GetOperationContext(ctx), field.Object, field.Field)
	}
	if plan != nil && plan.Fetches {
		projector.Fetch(ctx, field, plan, result, &fetcher{field: field})
	}
}

// completed puts objects in the place of references in what the executor is about to render.
func completed(ctx context.Context, projector *generated.Projector, field *graphql.FieldContext, result any) any {
	switch result := result.(type) {
	case rest.Entity:
		return completedOne(ctx, projector, field, nil, result)
	case []model.Entity:
		all := make([]model.Entity, len(result))
		for i, element := range result {
			all[i] = element
			if entity, ok := element.(rest.Entity); ok {
				all[i] = completedOne(ctx, projector, field, ast.Path{ast.PathIndex(i)}, entity)
			}
		}
		return all
	}
	return result
}

// completedOne is completed for one object, which lies at the field itself or below it.
func completedOne(ctx context.Context, projector *generated.Projector, field *graphql.FieldContext, below ast.Path, object rest.Entity) rest.Entity {
	if object.IsComplete() {
		return object
	}
	operation := graphql.GetOperationContext(ctx)
	first, needed := render.FirstFetched(projector.Types(), operation, projector.TypeOf(object), field.Field.Selections)
	if !needed {
		return object
	}
	fetched, err := loader.From(ctx).Entity(ctx, object)
	if err != nil {
		path := append(append(graphql.GetPath(ctx), below...), ast.PathName(first))
		graphql.AddError(ctx, &gqlerror.Error{Err: err, Path: path})
	}
	return fetched
}
