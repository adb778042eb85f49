package loader

import (
	"context"
	"sync/atomic"

	"github.com/graph-gophers/dataloader/v7"
)

// Watch counts what loaders do for a context, so that it can be said how many calls were spared.
type Watch struct {
	// Asked is how often something was asked for, and Fetched how often it was not there yet.
	Asked, Fetched atomic.Int64
	// Kept is how often the list of categories that is kept for all callers was enough.
	Kept atomic.Int64
	// Batch, if set, is called with the number of keys of each batch, by many goroutines at once.
	Batch func(keys int)
}

// Deduplicated is how many fetches were spared because the same had been asked for before in the operation.
func (w *Watch) Deduplicated() int { return int(max(w.Asked.Load()-w.Fetched.Load(), 0)) }

type watchKey struct{}

// WithWatch returns a context in which the work of loaders is counted.
func WithWatch(ctx context.Context, watch *Watch) context.Context {
	return context.WithValue(ctx, watchKey{}, watch)
}

func watchOf(ctx context.Context) *Watch {
	watch, _ := ctx.Value(watchKey{}).(*Watch)
	return watch
}

// asked counts that something was asked for.
func asked(ctx context.Context) {
	if watch := watchOf(ctx); watch != nil {
		watch.Asked.Add(1)
	}
}

// notAsked takes back that something was asked for: it is only fetched early, for whoever will ask.
func notAsked(ctx context.Context) {
	if watch := watchOf(ctx); watch != nil {
		watch.Asked.Add(-1)
	}
}

// tracer counts for the context's watch, if there is one.
type tracer[K comparable, V any] struct{ dataloader.NoopTracer[K, V] }

// TraceLoad is called for each key that is asked for.
func (t tracer[K, V]) TraceLoad(ctx context.Context, key K) (context.Context, dataloader.TraceLoadFinishFunc[V]) {
	asked(ctx)
	return t.NoopTracer.TraceLoad(ctx, key)
}

// fetched counts that something was not there yet.
func fetched(ctx context.Context) {
	if watch := watchOf(ctx); watch != nil {
		watch.Fetched.Add(1)
		if watch.Batch != nil {
			watch.Batch(1)
		}
	}
}
