package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/internal/stack"
)

// PanicError is what a fetch that panicked answers with. The panic's value is left out: it may hold data.
type PanicError struct{ Stack []byte }

// Error says that there was a panic.
func (*PanicError) Error() string { return "panic while fetching" }

// each is a loader made of a call that fetches one object. Every key is fetched once, however often it is asked for. It
// is made when it is first used: most operations use one or two of all that there are.
//
// mStudio has no bulk reads, so there is nothing that a key could wait for: neither for the library's window of 16 ms,
// nor for a goroutine. Whoever asks for a key first fetches it, and start fetches it early. How many calls are in flight
// at once is the client's to limit.
type each[K comparable, V any] struct {
	fetch func(context.Context, K) (V, error)
	cache dataloader.Cache[K, V] // the library's own if nil
	once  sync.Once
	made  *dataloader.Loader[K, V]
}

// load returns what a key stands for. For one that was asked for before, the library would make a request and a channel
// that nobody needs.
func (e *each[K, V]) load(ctx context.Context, key K) (V, error) {
	loader := e.loader()
	if kept, ok := e.cache.Get(ctx, key); ok {
		asked(ctx)
		return kept()
	}
	return loader.Load(ctx, key)()
}

// start begins to fetch a key, for which load then waits.
func (e *each[K, V]) start(ctx context.Context, key K) {
	if e.has(ctx, key) {
		return
	}
	notAsked(ctx)
	fetch := e.loader().Load(ctx, key)
	go func() {
		stack.Grow()
		_, _ = fetch() // it is kept for load
	}()
}

// has reports whether the key was asked for.
func (e *each[K, V]) has(ctx context.Context, key K) bool {
	e.loader()
	_, found := e.cache.Get(ctx, key)
	return found
}

func (e *each[K, V]) loader() *dataloader.Loader[K, V] {
	e.once.Do(func() {
		if e.cache == nil {
			e.cache = dataloader.NewCache[K, V]()
		}
		e.made = dataloader.NewBatchedLoader(nil, dataloader.WithCache(fetching[K, V]{e.cache, e.fetch}),
			dataloader.WithTracer(tracer[K, V]{}))
	})
	return e.made
}

// fetching is a cache that has every key: for one that it does not hold, it gives the thunk that fetches it, once. So the
// library never comes to batches, for each of which it would start two goroutines and a timer.
type fetching[K comparable, V any] struct {
	dataloader.Cache[K, V]
	fetch func(context.Context, K) (V, error)
}

// Get is called by one goroutine at a time.
func (f fetching[K, V]) Get(ctx context.Context, key K) (dataloader.Thunk[V], bool) {
	if kept, ok := f.Cache.Get(ctx, key); ok {
		return kept, true
	}
	fetched(ctx)
	thunk := sync.OnceValues(func() (V, error) { return safely(ctx, f.fetch, key) })
	f.Set(ctx, key, thunk)
	return thunk, true
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
