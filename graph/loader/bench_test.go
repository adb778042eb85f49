package loader

import (
	"context"
	"testing"

	"github.com/graph-gophers/dataloader/v7"
)

// perOperation is the number of keys after which the benchmarks create a new loader, as each operation does.
const perOperation = 100

// BenchmarkLoad measures the cost of a loader. The fetch itself does nothing.
//
//	go test -run '^$' -bench Load ./graph/loader
//
// "direct" has no loader, "ours" loads new keys, and "cached" loads the same key again. "window" is the library with its
// defaults: it waits for further keys.
func BenchmarkLoad(b *testing.B) {
	b.Run("direct", func(b *testing.B) {
		ctx := b.Context()
		b.ReportAllocs()
		for key := 0; b.Loop(); key++ {
			_, _ = fetchNothing(ctx, key)
		}
	})
	b.Run("ours", func(b *testing.B) {
		benchmarkNewKeys(b, func() func(context.Context, int) (int, error) {
			loader := &onceLoader[int, int]{}
			return func(ctx context.Context, key int) (int, error) { return loader.load(ctx, key, fetchNothing) }
		})
	})
	b.Run("cached", func(b *testing.B) {
		ctx := b.Context()
		loader := &onceLoader[int, int]{}
		_, _ = loader.load(ctx, 0, fetchNothing)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = loader.load(ctx, 0, fetchNothing)
		}
	})
	b.Run("window", func(b *testing.B) {
		benchmarkNewKeys(b, func() func(context.Context, int) (int, error) {
			loader := dataloader.NewBatchedLoader(fetchNothings)
			return func(ctx context.Context, key int) (int, error) { return loader.Load(ctx, key)() }
		})
	})
}

func benchmarkNewKeys(b *testing.B, newLoader func() func(context.Context, int) (int, error)) {
	b.Helper()
	ctx := b.Context()
	b.ReportAllocs()
	var load func(context.Context, int) (int, error)
	for key := 0; b.Loop(); key++ {
		if key%perOperation == 0 {
			load = newLoader()
		}
		_, _ = load(ctx, key)
	}
}

//go:noinline
func fetchNothing(_ context.Context, key int) (int, error) { return key, nil }

func fetchNothings(ctx context.Context, keys []int) []*dataloader.Result[int] {
	results := make([]*dataloader.Result[int], len(keys))
	for i, key := range keys {
		value, err := fetchNothing(ctx, key)
		results[i] = &dataloader.Result[int]{Data: value, Error: err}
	}
	return results
}
