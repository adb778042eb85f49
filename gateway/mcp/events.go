package mcp

import (
	"slices"
	"sync"
	"time"

	"mstudio-graphql/internal/lru"
)

const (
	// eventLifetime is how long mStudio may take to show a write.
	eventLifetime = time.Minute
	maxCallers    = 10_000
	// maxEvents is the maximum number of writes of a caller that later reads wait for.
	maxEvents = 20
)

// event is the ID of a write, signed and opaque.
type event struct {
	id      string
	expires time.Time
}

// events remembers the writes of callers, so that a model reads what it has written. It forwards no IDs itself. It is safe for
// concurrent use.
type events struct {
	mu      sync.Mutex
	callers *lru.Cache[string, *[]event]
}

func newEvents() *events {
	return &events{callers: lru.New(maxCallers, func(string, *[]event) int { return 1 })}
}

// add remembers a write of a caller.
func (e *events) add(caller, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := append(e.current(caller), event{id, time.Now().Add(eventLifetime)})
	known = known[max(len(known)-maxEvents, 0):]
	e.callers.Add(caller, &known, func(*[]event) bool { return true })
}

// of returns the IDs of a caller's writes, the newest first.
func (e *events) of(caller string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var ids []string
	for _, event := range slices.Backward(e.current(caller)) {
		ids = append(ids, event.id)
	}
	return ids
}

// current returns a copy of a caller's events without expired ones.
func (e *events) current(caller string) []event {
	known, found := e.callers.Get(caller)
	if !found {
		return nil
	}
	now := time.Now()
	return slices.DeleteFunc(slices.Clone(*known), func(e event) bool { return !e.expires.After(now) })
}
