// Package admission limits how much runs concurrently: in all, and per key, so that one key cannot occupy every slot.
package admission

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// maxWait is how long Acquire waits for a slot. A burst of short operations passes; behind long ones, the caller learns
// soon enough to try another replica.
const maxWait = 50 * time.Millisecond

var (
	// ErrBusy means that all slots are in use.
	ErrBusy = errors.New("admission: all slots are in use")
	// ErrKeyBusy means that all slots of the key are in use.
	ErrKeyBusy = errors.New("admission: all slots of the key are in use")
)

// Limiter limits concurrency in all and per key. It is safe for concurrent use.
type Limiter struct {
	all    *semaphore.Weighted
	perKey int64

	mu   sync.Mutex
	keys map[string]*keySlots // only keys in use
}

// keySlots are the slots of one key.
type keySlots struct {
	free *semaphore.Weighted
	uses int // holders and waiters
}

// New returns a Limiter with slots in all, of which one key may hold perKey.
func New(slots, perKey int) *Limiter {
	return &Limiter{all: semaphore.NewWeighted(int64(slots)), perKey: int64(perKey), keys: map[string]*keySlots{}}
}

// Acquire waits up to 50 ms for a free slot. The caller must call release when done. The error is [ErrBusy] or
// [ErrKeyBusy], also if ctx ends.
func (l *Limiter) Acquire(ctx context.Context, key string) (release func(), err error) {
	until := time.Now().Add(maxWait)
	slots := l.use(key)
	// The key's own slot comes first: operations that wait for it are not in the queue for the slots of all.
	if !acquire(ctx, until, slots.free) {
		l.unuse(key, slots)
		return nil, ErrKeyBusy
	}
	releaseOwn := func() {
		slots.free.Release(1)
		l.unuse(key, slots)
	}
	if !acquire(ctx, until, l.all) {
		releaseOwn()
		return nil, ErrBusy
	}
	return func() { l.all.Release(1); releaseOwn() }, nil
}

// acquire waits for a slot until the deadline. It takes a free slot even after the deadline, because the processor may
// have been busy for that long. Usually a slot is free, and no timer is needed.
func acquire(ctx context.Context, until time.Time, slots *semaphore.Weighted) bool {
	if slots.TryAcquire(1) {
		return true
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return slots.Acquire(ctx, 1) == nil
}

func (l *Limiter) use(key string) *keySlots {
	l.mu.Lock()
	defer l.mu.Unlock()
	slots := l.keys[key]
	if slots == nil {
		slots = &keySlots{free: semaphore.NewWeighted(l.perKey)}
		l.keys[key] = slots
	}
	slots.uses++
	return slots
}

// unuse removes the slots of a key that is no longer in use.
func (l *Limiter) unuse(key string, slots *keySlots) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slots.uses--
	if slots.uses == 0 {
		delete(l.keys, key)
	}
}
