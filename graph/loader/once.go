package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

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
	find func(K) (V, bool) // if set, looks for a value that the operation has from another call

	mu     sync.Mutex
	cached map[K]func() (V, error)
}

// load returns the value of a key, and fetches it if the key is new. It caches values and errors.
func (o *onceLoader[K, V]) load(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) (V, error) {
	statsOf(ctx).Loads.Add(1)
	value, _ := o.value(ctx, key, fetch)
	return value()
}

// start fetches a key in the background for a later load.
func (o *onceLoader[K, V]) start(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) {
	value, isNew := o.value(ctx, key, fetch)
	if !isNew {
		return
	}
	go func() {
		stack.Grow()
		_, _ = value()
	}()
}

// value returns a function that waits for the value of a key.
func (o *onceLoader[K, V]) value(ctx context.Context, key K, fetch func(context.Context, K) (V, error)) (value func() (V, error), isNew bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if cached, ok := o.cached[key]; ok {
		return cached, false
	}
	if o.find != nil {
		if found, ok := o.find(key); ok {
			return func() (V, error) { return found, nil }, false
		}
	}
	statsOf(ctx).Fetches.Add(1)
	countBatch(ctx, 1)
	value = sync.OnceValues(func() (V, error) { return recovering(ctx, fetch, key) })
	if o.cached == nil {
		o.cached = map[K]func() (V, error){}
	}
	o.cached[key] = value
	return value, true
}

// has reports whether a fetch of the key has started.
func (o *onceLoader[K, V]) has(key K) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, found := o.cached[key]
	return found
}

func (o *onceLoader[K, V]) clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.cached)
}

func (o *onceLoader[K, V]) clearKey(key K) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.cached, key)
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
