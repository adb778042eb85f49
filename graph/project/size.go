package project

import (
	"bytes"
	"context"
	"io"
	"sync/atomic"
)

// size is how many bytes the projected fields of one operation take together.
type size struct{ bytes atomic.Int64 }

type sizeKey struct{}

// keysAround is room for the keys of root fields and for what the executor writes itself, in bytes.
const keysAround = 1 << 10

// WithSize lets the fields of one operation add up how much they will write, so that the executor's buffer is made in
// one piece instead of being doubled and copied again and again.
func WithSize(ctx context.Context) context.Context {
	return context.WithValue(ctx, sizeKey{}, &size{})
}

func sizeOf(ctx context.Context) *size {
	found, _ := ctx.Value(sizeKey{}).(*size)
	return found
}

func (s *size) add(count int) {
	if s != nil {
		s.bytes.Add(int64(count))
	}
}

// prepare makes room in the buffer for all that was added up. Whoever writes first does it.
func (s *size) prepare(to io.Writer) {
	buffer, ok := to.(*bytes.Buffer)
	if s == nil || !ok {
		return
	}
	if all := s.bytes.Swap(0); all > 0 {
		buffer.Grow(int(all) + keysAround)
	}
}
