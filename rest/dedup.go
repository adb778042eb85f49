package rest

import (
	"bytes"

	"mstudio-graphql/internal/jsonscan"
)

// maxCached is the number of values that a dedupCache holds. A list of 50 conversations has about twenty people.
const maxCached = 32

// dedupCache holds values decoded from one document by the bytes they were decoded from. A conversation's messages
// repeat the same few people, and a list the same few categories, so most objects are decoded once and skipped after that.
type dedupCache[T any] struct {
	raws   [][]byte
	values []T
	last   int // index of the last hit, which is the likeliest to be hit next
}

// get returns the cached value of the object at the start of rest, and the object's length, which is 0 if the object is
// not cached. No JSON object is a prefix of another one, so get reads no further than the cached bytes.
func (c *dedupCache[T]) get(rest []byte) (value T, length int) {
	for range c.raws {
		if raw := c.raws[c.last]; bytes.HasPrefix(rest, raw) {
			return c.values[c.last], len(raw)
		}
		c.last = (c.last + 1) % len(c.raws)
	}
	return value, 0
}

// skip skips the next value if it is a cached object, and returns what was decoded from it.
func (c *dedupCache[T]) skip(d *decoder) (value T, ok bool) {
	if d.Err != nil || d.Next() != jsonscan.Object {
		return value, false
	}
	value, length := c.get(d.Data[d.At:])
	d.At += length
	return value, length > 0
}

// put caches the value of an object unless the cache is full.
func (c *dedupCache[T]) put(raw []byte, value T) {
	if len(c.raws) < maxCached && bytes.HasPrefix(raw, []byte{'{'}) {
		c.raws, c.values = append(c.raws, raw), append(c.values, value)
		c.last = len(c.raws) - 1
	}
}

// dedup reads an object with read. If the document had an object with the same bytes before, dedup returns that object's
// value instead.
func dedup[T any](d *decoder, read func() T) T {
	cache := perType[dedupCache[T]](d)
	if value, ok := cache.skip(d); ok {
		return value
	}
	start := d.start()
	value := read()
	if d.Err == nil {
		cache.put(d.Data[start:d.At], value)
	}
	return value
}
