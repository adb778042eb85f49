package loader

import (
	"context"
	"sync/atomic"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/rest"
)

// Stats counts the work of loaders in a context. It is safe for concurrent use.
type Stats struct {
	// Loads counts requests for objects, Fetches those that were not cached yet.
	Loads, Fetches atomic.Int64
	// PublicHits counts lookups served from [Public].
	PublicHits atomic.Int64
	// Batch, if set, is called with the number of keys of each batch. It must be safe for concurrent use.
	Batch func(keys int)
}

// Deduplicated returns the number of fetches that the operation's cache has saved.
func (s *Stats) Deduplicated() int { return int(max(s.Loads.Load()-s.Fetches.Load(), 0)) }

type statsKey struct{}

// WithStats returns a context in which loaders count their work.
func WithStats(ctx context.Context, stats *Stats) context.Context {
	return context.WithValue(ctx, statsKey{}, stats)
}

// statsOf returns the context's Stats. Without them, it returns new ones, which are dropped.
func statsOf(ctx context.Context) *Stats {
	if stats, ok := ctx.Value(statsKey{}).(*Stats); ok {
		return stats
	}
	return &Stats{}
}

func countBatch(ctx context.Context, keys int) {
	if count := statsOf(ctx).Batch; count != nil {
		count(keys)
	}
}

// tracer counts the library's batches.
type tracer struct {
	dataloader.NoopTracer[string, rest.Entity]
}

// TraceBatch counts a batch.
func (t tracer) TraceBatch(ctx context.Context, ids []string) (context.Context, dataloader.TraceBatchFinishFunc[rest.Entity]) {
	countBatch(ctx, len(ids))
	return t.NoopTracer.TraceBatch(ctx, ids)
}
