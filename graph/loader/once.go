package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/internal/stack"
)

// PanicError is the error of a fetch that panicked. It omits the panic's value, which may hold data of a caller.
type PanicError struct{ Stack []byte }

// Error reports that a fetch panicked.
func (*PanicError) Error() string { return "panic while fetching" }

// onceLoader is the cache of one operation. It fetches each key once with a separate call, because mStudio has no batch
// reads for most objects. The goroutine that loads a key first makes the call; the client limits the number of calls in
// flight. The zero value is ready for use.
type onceLoader[K comparable, V any] struct {
	mu    sync.Mutex
	cache dataloader.Cache[K, V] // created on first use
}

// load returns the value of a key, and fetches it if the key is new. It caches values and errors.
func (o *onceLoader[K, V]) load(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) (V, error) {
	countLoad(ctx)
	thunk, _ := o.thunk(ctx, key, fetch)
	return thunk()
}

// start fetches a key in the background for a later load.
func (o *onceLoader[K, V]) start(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) {
	thunk, isNew := o.thunk(ctx, key, fetch)
	if !isNew {
		return
	}
	go func() {
		stack.Grow()
		_, _ = thunk()
	}()
}

func (o *onceLoader[K, V]) thunk(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) (thunk dataloader.Thunk[V], isNew bool) {
	cache := o.lock()
	defer o.mu.Unlock()
	if cached, ok := cache.Get(ctx, key); ok {
		return cached, false
	}
	countFetch(ctx)
	countBatch(ctx, 1)
	thunk = sync.OnceValues(func() (V, error) { return recovering(ctx, fetch, key) })
	cache.Set(ctx, key, thunk)
	return thunk, true
}

// lock locks and returns the cache.
func (o *onceLoader[K, V]) lock() dataloader.Cache[K, V] {
	o.mu.Lock()
	if o.cache == nil {
		o.cache = dataloader.NewCache[K, V]()
	}
	return o.cache
}

// has reports whether a fetch of the key has started.
func (o *onceLoader[K, V]) has(ctx context.Context, key K) bool {
	defer o.mu.Unlock()
	_, found := o.lock().Get(ctx, key)
	return found
}

func (o *onceLoader[K, V]) clear() {
	defer o.mu.Unlock()
	o.lock().Clear()
}

func (o *onceLoader[K, V]) clearKey(ctx context.Context, key K) {
	defer o.mu.Unlock()
	o.lock().Delete(ctx, key)
}

// recovering turns a panic of fetch into a [*PanicError].
func recovering[K, V any](ctx context.Context, fetch func(context.Context, K) (V, error), key K) (value V, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("loader: %w", &PanicError{Stack: debug.Stack()})
		}
	}()
	return fetch(ctx, key)
}
