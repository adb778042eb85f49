package loader

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/internal/stack"
)

// PanicError is what a fetch that panicked answers with. The panic's value is left out: it may hold data.
type PanicError struct{ Stack []byte }

// Error says that there was a panic.
func (*PanicError) Error() string { return "panic while fetching" }

// each makes a loader from a call that fetches one object. Every key is fetched once, however often it is asked for.
//
// mStudio has no bulk reads, so there is nothing that a key could wait for: a batch of one is dispatched the moment
// the key is asked for, instead of after the library's window of 16 ms. How many calls are in flight at once is the
// client's to limit.
func each[K comparable, V any](fetch func(context.Context, K) (V, error)) *dataloader.Loader[K, V] {
	return eachIn(dataloader.NewCache[K, V](), fetch)
}

// eachIn is each with a cache of our own.
func eachIn[K comparable, V any](cache dataloader.Cache[K, V], fetch func(context.Context, K) (V, error)) *dataloader.Loader[K, V] {
	batch := func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		stack.Grow()
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			value, err := safely(ctx, fetch, key)
			results[i] = &dataloader.Result[V]{Data: value, Error: err}
		}
		return results
	}
	return dataloader.NewBatchedLoader(batch, dataloader.WithBatchCapacity[K, V](1), dataloader.WithInputCapacity[K, V](1),
		dataloader.WithCache(cache), dataloader.WithTracer(tracer[K, V]{}))
}

// safely turns a panic into an error. The library would print the panic's value, and show it to the client.
func safely[K comparable, V any](ctx context.Context, fetch func(context.Context, K) (V, error), key K) (value V, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("loader: %w", &PanicError{Stack: debug.Stack()})
		}
	}()
	return fetch(ctx, key)
}
