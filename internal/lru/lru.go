// Package lru is an LRU cache that bounds the total cost of its entries, for example their memory in bytes.
package lru

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache evicts the least recently used entries while their total cost exceeds its maximum. It is safe for concurrent
// use.
type Cache[K, V comparable] struct {
	max    int
	costOf func(K, V) int
	cost   atomic.Int64 // written under mu

	mu      sync.Mutex
	entries *simplelru.LRU[K, *entry[V]]
}

type entry[V any] struct {
	value V
	cost  int
}

// New returns a Cache. costOf returns the cost of an entry, which must be positive. The cache stays empty if maxCost is
// not positive.
func New[K, V comparable](maxCost int, costOf func(K, V) int) *Cache[K, V] {
	entries, err := simplelru.NewLRU[K, *entry[V]](math.MaxInt, nil)
	if err != nil {
		panic(err) // only if the size is not positive
	}
	return &Cache[K, V]{max: maxCost, costOf: costOf, entries: entries}
}

// Cost returns the total cost of all entries without locking.
func (c *Cache[K, V]) Cost() int { return int(c.cost.Load()) }

// Get returns the value of a key and marks it as used.
func (c *Cache[K, V]) Get(key K) (value V, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries.Get(key); ok {
		return e.value, true
	}
	return value, false
}

// Peek returns the value of a key without marking it as used.
func (c *Cache[K, V]) Peek(key K) (value V, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries.Peek(key); ok {
		return e.value, true
	}
	return value, false
}

// Add adds an entry that does not cost more than the maximum. If the key exists, its value is replaced only if replaces,
// which may be nil, returns true for it.
func (c *Cache[K, V]) Add(key K, value V, replaces func(old V) bool) {
	cost := c.costOf(key, value)
	if cost > c.max {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old, found := c.entries.Peek(key)
	if found && (replaces == nil || !replaces(old.value)) {
		return
	}
	e := &entry[V]{value: value}
	if found {
		e.cost = old.cost // one change of the total, because Cost must not be 0 in between
	}
	c.entries.Add(key, e)
	c.grow(e, cost-e.cost)
}

// Grow adds to the cost of an entry. It does nothing if the key no longer has this value.
func (c *Cache[K, V]) Grow(key K, value V, cost int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries.Peek(key); ok && e.value == value {
		c.grow(e, cost)
	}
}

func (c *Cache[K, V]) grow(e *entry[V], cost int) {
	e.cost += cost
	for c.cost.Add(int64(cost)); c.Cost() > c.max; {
		c.removeOldest()
	}
}

func (c *Cache[K, V]) removeOldest() {
	if _, e, ok := c.entries.RemoveOldest(); ok {
		c.cost.Add(-int64(e.cost))
	}
}

// RemoveOldest removes the least recently used entry repeatedly as long as expired returns true for it.
func (c *Cache[K, V]) RemoveOldest(expired func(V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if _, e, ok := c.entries.GetOldest(); !ok || !expired(e.value) {
			return
		}
		c.removeOldest()
	}
}
