package render

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/internal/stack"
)

// Finish fetches what has to be, runs the resolvers of the holes and returns the whole value.
//
// Which calls fetch an object depends on what was fetched for the results that it lies within. So what may have to fetch
// something waits until everything here is fetched; all else does not.
func (w *Writer) Finish(ctx context.Context, entities Entities) graphql.Marshaler {
	holes := appendHoles(make([]*hole, 0, len(w.holes)), w.holes)
	if len(w.references) == 0 {
		fill(ctx, holes)
		return w
	}
	ahead := slices.DeleteFunc(slices.Clone(holes), (*hole).fetchesBelow)
	behind := slices.DeleteFunc(holes, func(h *hole) bool { return !h.fetchesBelow() })
	var others sync.WaitGroup
	defer others.Wait()
	if len(ahead) > 0 {
		others.Go(func() {
			stack.Grow()
			fill(ctx, ahead)
		})
	}
	w.fetch(ctx, entities)
	fill(ctx, w.appendFetched(behind))
	w.finishReferences(ctx, entities)
	return w
}

func appendHoles(to []*hole, holes []hole) []*hole {
	for i := range holes {
		to = append(to, &holes[i])
	}
	return to
}

// appendFetched appends the holes in what was fetched.
func (w *Writer) appendFetched(to []*hole) []*hole {
	for i := range w.references {
		if written := w.references[i].written; written != nil {
			to = written.appendFetched(appendHoles(to, written.holes))
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
func fill(ctx context.Context, holes []*hole) {
	if len(holes) == 1 {
		holes[0].fill(ctx)
		return
	}
	var others sync.WaitGroup
	for _, h := range holes {
		if h.field.Waits() {
			others.Go(func() {
				stack.Grow()
				h.fill(ctx)
			})
		}
	}
	for _, h := range holes {
		if !h.field.Waits() {
			h.fill(ctx)
		}
	}
	others.Wait()
}

func (h *hole) fetchesBelow() bool { return h.field.fetchesBelow() }

// fill calls the resolver.
func (h *hole) fill(ctx context.Context) {
	h.value = graphql.Null
	ctx = within(ctx, h.path)
	defer func() {
		if panicked := recover(); panicked != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, panicked))
		}
	}()
	h.value = h.resolve(context.WithValue(ctx, holeKey{}, h))
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
