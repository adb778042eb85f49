package render

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Finish fetches what has to be, runs the resolvers of the deferred and returns the whole value.
//
// Which calls fetch an object depends on what was fetched for the results that it lies within. So what may have to fetch
// something waits until everything here is fetched; all else does not.
func (w *Writer) Finish(ctx context.Context, entities Entities) graphql.Marshaler {
	deferred := appendDeferred(make([]*deferredField, 0, len(w.deferred)), w.deferred)
	if len(w.references) == 0 {
		completeAll(ctx, deferred)
		return w
	}
	ahead := slices.DeleteFunc(slices.Clone(deferred), (*deferredField).fetchesBelow)
	behind := slices.DeleteFunc(deferred, func(d *deferredField) bool { return !d.fetchesBelow() })
	var others sync.WaitGroup
	defer others.Wait()
	if len(ahead) > 0 {
		others.Go(func() { completeAll(ctx, ahead) })
	}
	w.fetch(ctx, entities)
	completeAll(ctx, w.appendFetched(behind))
	w.finishReferences(ctx, entities)
	return w
}

func appendDeferred(to []*deferredField, deferred []deferredField) []*deferredField {
	for i := range deferred {
		to = append(to, &deferred[i])
	}
	return to
}

// appendFetched appends the deferred in what was fetched.
func (w *Writer) appendFetched(to []*deferredField) []*deferredField {
	for i := range w.references {
		if written := w.references[i].written; written != nil {
			to = written.appendFetched(appendDeferred(to, written.deferred))
		}
	}
	return to
}

// finishReferences puts what was fetched into its places.
func (w *Writer) finishReferences(ctx context.Context, entities Entities) {
	for i := range w.references {
		w.references[i].finish(ctx, entities)
	}
}

// fill runs resolvers: at the same time those whose values have to wait for more, one after another all others. What
// these wait for was started before their parent was resolved, so goroutines would win nothing, and errors come in order.
func completeAll(ctx context.Context, deferred []*deferredField) {
	if len(deferred) == 1 {
		deferred[0].complete(ctx)
		return
	}
	var others sync.WaitGroup
	for _, d := range deferred {
		if d.field.Waits() {
			others.Go(func() { d.complete(ctx) })
		}
	}
	for _, d := range deferred {
		if !d.field.Waits() {
			d.complete(ctx)
		}
	}
	others.Wait()
}

func (d *deferredField) fetchesBelow() bool { return d.field.fetchesBelow() }

// fill calls the resolver.
func (d *deferredField) complete(ctx context.Context) {
	d.value = graphql.Null
	ctx = within(ctx, d.path)
	defer func() {
		if panicked := recover(); panicked != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, panicked))
		}
	}()
	d.value = d.resolve(context.WithValue(ctx, deferredKey{}, d))
}

// within returns a context from which the executor can tell where it is.
func within(ctx context.Context, path []step) context.Context {
	for _, s := range path {
		ctx = graphql.WithFieldContext(ctx, s.context())
	}
	return ctx
}

func (s step) context() *graphql.FieldContext {
	if s.field == nil {
		return &graphql.FieldContext{Index: &s.index}
	}
	return &graphql.FieldContext{Object: s.object, Field: s.field.Collected}
}
