package rest

import (
	"bytes"

	"mstudio-graphql/internal/scan"
)

// maxMet is how many different values are remembered. A history has a few people, and a list a few topics.
const maxMet = 16

// met holds what was decoded from one document already, by the bytes it was sent as. A conversation's messages repeat
// the same few people, and a list the same few topics, so most are decoded once, and are not even walked over again.
type met[T any] struct {
	raws   [][]byte
	values []T
	last   int // the one that was met last, which is the likeliest to come next
}

// again returns the value that the rest of a document begins with, and its length, if it was met before. No value in
// braces is the beginning of another one, so the bytes need not be looked at beyond that.
func (m *met[T]) again(rest []byte) (value T, length int) {
	for range m.raws {
		if raw := m.raws[m.last]; bytes.HasPrefix(rest, raw) {
			return m.values[m.last], len(raw)
		}
		m.last = (m.last + 1) % len(m.raws)
	}
	return value, 0
}

// remember keeps a value that was decoded from an object.
func (m *met[T]) remember(raw []byte, value T) {
	if len(m.raws) < maxMet {
		m.raws, m.values = append(m.raws, raw), append(m.values, value)
		m.last = len(m.raws) - 1
	}
}

// once reads an object with read, unless the same was read before.
func once[T any](d *decoder, known *met[T], read func() T) T {
	if d.Err != nil {
		return read()
	}
	if d.Next() != scan.Object {
		return read()
	}
	value, length := known.again(d.Data[d.At:])
	if length > 0 {
		d.At += length
		return value
	}
	start := d.At
	value = read()
	if d.Err == nil {
		known.remember(d.Data[start:d.At], value)
	}
	return value
}
