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
	all           *semaphore.Weighted
	slots, perKey int64
	load          *load // nil if each operation takes one slot

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
	return &Limiter{all: semaphore.NewWeighted(int64(slots)), slots: int64(slots), perKey: int64(perKey), keys: map[string]*keySlots{}}
}

// Adapt reduces concurrency while goroutines wait long for a processor, to least operations in all and to the same share of
// them per key. It calls changed with the new maximum, one call at a time. Adapt must be called before Acquire.
func (l *Limiter) Adapt(least int, delays func() Delays, changed func(maximum int)) {
	l.load = &load{
		delays: delays, heaviest: max(l.slots/int64(max(least, 1)), 1), since: time.Now(), before: delays(), weight: 1,
		changed: func(weight int64) { changed(int(l.slots / weight)) },
	}
}

// Acquire waits up to 50 ms for a free slot. The caller must call release when done. The error is [ErrBusy] or
// [ErrKeyBusy], also if ctx ends.
func (l *Limiter) Acquire(ctx context.Context, key string) (release func(), err error) {
	until := time.Now().Add(maxWait)
	weight := l.load.slots()
	own, all := min(weight, l.perKey), min(weight, l.slots)
	slots := l.use(key)
	// The key's own slot comes first: operations that wait for it are not in the queue for the slots of all.
	if !acquire(ctx, until, slots.free, own) {
		l.unuse(key, slots)
		return nil, ErrKeyBusy
	}
	releaseOwn := func() {
		slots.free.Release(own)
		l.unuse(key, slots)
	}
	if !acquire(ctx, until, l.all, all) {
		releaseOwn()
		return nil, ErrBusy
	}
	return func() { l.all.Release(all); releaseOwn() }, nil
}

// acquire waits for slots until the deadline. It takes free slots even after the deadline, because the processor may
// have been busy for that long. Usually they are free, and no timer is needed.
func acquire(ctx context.Context, until time.Time, slots *semaphore.Weighted, weight int64) bool {
	if slots.TryAcquire(weight) {
		return true
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return slots.Acquire(ctx, weight) == nil
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
