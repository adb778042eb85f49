package render

import (
	"bytes"
	"context"
	"sync"
)

// Prefetch starts the calls that a root field waits for. It returns false if the field may wait for further calls.
type Prefetch func(ctx context.Context, field *Field) bool

// Data completes the root fields, which are the deferred fields of the writer, and returns the data of the response. Like
// gqlgen's executor, it runs their resolvers concurrently, except for fields whose calls prefetch has started.
func (w *Writer) Data(ctx context.Context, prefetch Prefetch) []byte {
	w.completeRoots(ctx, prefetch)
	for i := range w.deferred {
		if w.deferred[i].isInvalid() {
			w.release()
			return []byte("null")
		}
	}
	length := w.length()
	if w.account.Reserve(length) != nil {
		w.release()
		return []byte("null") // the error replaces the response
	}
	data := newData(length)
	w.MarshalGQL(data)
	return data.Bytes()
}

// completeRoots completes the first field, usually the only one, and all prefetched fields in the calling goroutine.
func (w *Writer) completeRoots(ctx context.Context, prefetch Prefetch) {
	if len(w.deferred) == 0 {
		return
	}
	var others sync.WaitGroup
	here := make([]*deferredField, 1, len(w.deferred))
	here[0] = &w.deferred[0]
	for i := range w.deferred[1:] {
		d := &w.deferred[i+1]
		if prefetch(ctx, d.field) {
			here = append(here, d)
			continue
		}
		others.Go(func() { d.complete(ctx) })
	}
	for _, d := range here {
		d.complete(ctx)
	}
	others.Wait()
}

// dataBuffers pools buffers for data, separately from the buffers of writers, which are many and small. A pooled buffer
// still holds a caller's data, so it is cut to length zero before reuse and never read beyond its length.
var dataBuffers = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // a pool is shared by nature

// afterData is the room behind the data for the rest of a response, in bytes.
const afterData = 64

// maxUnused is how much longer than twice the data a pooled buffer may be, in bytes, so that a client that does not read a small
// response does not hold the buffer of a large one.
const maxUnused = 64 << 10

// newData returns a buffer with room for data of this length and afterData.
func newData(length int) *bytes.Buffer {
	pooled, _ := dataBuffers.Get().(*[]byte)
	if cap(*pooled) > 2*length+maxUnused {
		dataBuffers.Put(pooled)
		pooled = new([]byte)
	}
	data := bytes.NewBuffer((*pooled)[:0])
	data.Grow(length + afterData)
	return data
}

// Recycle makes the memory of data available for other responses. The caller must not use data afterwards.
func Recycle(data []byte) {
	if cap(data) > afterData && cap(data) <= maxPooled {
		dataBuffers.Put(&data)
	}
}
