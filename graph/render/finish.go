package render

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Finish fetches the references, completes the deferred fields and returns the whole value.
//
// Which calls fetch an object depends on what was fetched for the results around it. So deferred fields whose values may
// contain references wait until all references here are fetched. All other deferred fields do not.
func (w *Writer) Finish(ctx context.Context, entities Entities) graphql.Marshaler {
	deferred := appendDeferred(make([]*deferredField, 0, len(w.deferred)), w.deferred)
	if len(w.references) == 0 {
		completeAll(ctx, deferred)
		return w
	}
	independent := slices.DeleteFunc(slices.Clone(deferred), (*deferredField).fetchesBelow)
	waiting := slices.DeleteFunc(deferred, func(d *deferredField) bool { return !d.fetchesBelow() })
	var others sync.WaitGroup
	defer others.Wait()
	if len(independent) > 0 {
		others.Go(func() { completeAll(ctx, independent) })
	}
	w.Fetch(ctx, entities)
	completeAll(ctx, w.appendFetched(waiting))
	w.finishReferences(ctx, entities)
	return w
}

func appendDeferred(to []*deferredField, deferred []deferredField) []*deferredField {
	for i := range deferred {
		if first := deferred[i].first; first > 0 {
			deferred[i].original = &deferred[first-1]
		}
		to = append(to, &deferred[i])
	}
	return to
}

// appendFetched appends the deferred fields of fetched objects, including those fetched for them.
func (w *Writer) appendFetched(to []*deferredField) []*deferredField {
	for i := range w.references {
		if written := w.references[i].written; written != nil {
			to = written.appendFetched(appendDeferred(to, written.deferred))
		}
	}
	return to
}

// completeAll runs resolvers: concurrently if their values wait for further calls, otherwise one after another. The calls
// of the latter were started before their parent was resolved, so goroutines would not make them faster, and their errors
// keep their order. Fields of equal list elements come last.
func completeAll(ctx context.Context, deferred []*deferredField) {
	if len(deferred) == 1 {
		deferred[0].complete(ctx)
		return
	}
	var others sync.WaitGroup
	repeats := 0
	for _, d := range deferred {
		switch {
		case d.original != nil:
			repeats++
		case d.field.Waits():
			others.Go(func() { d.complete(ctx) })
		}
	}
	for _, d := range deferred {
		if d.original == nil && !d.field.Waits() {
			d.complete(ctx)
		}
	}
	others.Wait()
	if repeats > 0 {
		repeatAll(ctx, deferred)
	}
}
