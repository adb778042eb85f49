package loader

import (
	"context"
	"sync/atomic"

	"github.com/graph-gophers/dataloader/v7"
)

// Stats counts what loaders do for a context, so that it can be said how many calls were spared.
type Stats struct {
	// Asked is how often something was asked for, and Fetched how often it was not there yet.
	Loads, Fetches atomic.Int64
	// Kept is how often the list of categories that is kept for all callers was enough.
	CategoryHits atomic.Int64
	// Batch, if set, is called with the number of keys of each batch, by many goroutines at once.
	Batch func(keys int)
}

// Deduplicated is how many fetches were spared because the same had been asked for before in the operation.
func (s *Stats) Deduplicated() int { return int(max(s.Loads.Load()-s.Fetches.Load(), 0)) }

type statsKey struct{}

// WithStats returns a context in which the work of loaders is counted.
func WithStats(ctx context.Context, stats *Stats) context.Context {
	return context.WithValue(ctx, statsKey{}, stats)
}

func statsOf(ctx context.Context) *Stats {
	stats, _ := ctx.Value(statsKey{}).(*Stats)
	return stats
}

// asked counts that something was asked for.
func asked(ctx context.Context) {
	if stats := statsOf(ctx); stats != nil {
		stats.Loads.Add(1)
	}
}

// notAsked takes back that something was asked for: it is only fetched early, for whoever will ask.
func notAsked(ctx context.Context) {
	if stats := statsOf(ctx); stats != nil {
		stats.Loads.Add(-1)
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
	if stats := statsOf(ctx); stats != nil {
		stats.Fetches.Add(1)
		if stats.Batch != nil {
			stats.Batch(1)
		}
	}
}
