// Package flight shares the response to a call between equal calls that begin shortly after it was sent.
package flight

import (
	"context"
	"sync"
	"time"
)

// maxAge is how long after a call was sent others may join it. Later ones could expect newer data.
const maxAge = 500 * time.Millisecond

// Group holds the calls of one caller that are in flight. The zero value is ready.
type Group[K comparable, V any] struct {
	mu      sync.Mutex
	flights map[K]*Flight[V]
}

// Flight is a call that was sent.
type Flight[V any] struct {
	sent   time.Time
	joined bool          // guarded by the group
	done   chan struct{} // closed by end
	value  V
	err    error
}

// Join returns the flight of an equal call, or nil if there is none to join.
func (g *Group[K, V]) Join(key K) *Flight[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.joinable(key)
}

// Lead returns the flight of an equal call as Join does. If there is none, it registers a new one, whose result end
// publishes; end must then be called once. It reports whether others have the result too.
func (g *Group[K, V]) Lead(key K) (joined *Flight[V], end func(V, error) (isShared bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.joinable(key); found != nil {
		return found, nil
	}
	f := &Flight[V]{sent: time.Now(), done: make(chan struct{})}
	if g.flights == nil {
		g.flights = map[K]*Flight[V]{}
	}
	g.flights[key] = f // instead of one that is too old
	return nil, func(value V, err error) bool {
		g.mu.Lock()
		if g.flights[key] == f {
			delete(g.flights, key)
		}
		isShared := f.joined
		g.mu.Unlock()
		f.value, f.err = value, err
		close(f.done)
		return isShared
	}
}

func (g *Group[K, V]) joinable(key K) *Flight[V] {
	found := g.flights[key]
	if found == nil || time.Since(found.sent) >= maxAge {
		return nil
	}
	found.joined = true
	return found
}

// Wait returns the result of the call, or the error of ctx if that ends first.
func (f *Flight[V]) Wait(ctx context.Context) (V, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}
