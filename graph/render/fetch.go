package render

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// fetcher is the [Fetcher] for the result of one field with a resolver.
type fetcher struct {
	field      *graphql.FieldContext
	once       sync.Once
	references *loader.References
}

// Fetch implements [Fetcher].
func (f *fetcher) Fetch(ctx context.Context, wanted []rest.Entity, got func(int, rest.Entity, error)) {
	f.once.Do(func() { f.references = loader.From(ctx).StartReferences(f.field, parents(f.field)) })
	f.references.Fetch(ctx, wanted, got)
}

// Few implements [Fetcher].
func (f *fetcher) Few(ctx context.Context, count int) bool { return loader.From(ctx).Few(count) }

// parents yields the contexts of the fields around a field, innermost first.
func parents(field *graphql.FieldContext) func(yield func(key any) bool) {
	return func(yield func(any) bool) {
		for parent := field.Parent; parent != nil && yield(parent); parent = parent.Parent {
		}
	}
}
