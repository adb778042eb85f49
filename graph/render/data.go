package render

import (
	"bytes"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Prefetch starts the calls that a root field will wait for, and returns false if there may be others.
type Prefetch func(ctx context.Context, field *Field) bool

// Answer runs the resolvers of root fields, which are the writer's deferred, and returns the data of the operation. Like
// the executor, it runs them at the same time, except for those whose calls can be started before.
func (w *Writer) Data(ctx context.Context, start Prefetch) []byte {
	w.completeRoots(ctx, start)
	for i := range w.deferred {
		if w.deferred[i].value == graphql.RequiredNull {
			w.release()
			return []byte("null")
		}
	}
	data := newAnswer(w.length())
	w.MarshalGQL(data)
	return data.Bytes()
}

// completeRoots leaves the first hole, which is usually the only one, to the goroutine that is there, and those that wait
// for nothing but what has been started.
func (w *Writer) completeRoots(ctx context.Context, start Prefetch) {
	if len(w.deferred) == 0 {
		return
	}
	var others sync.WaitGroup
	started := make([]*deferredField, 1, len(w.deferred))
	started[0] = &w.deferred[0]
	for i := range w.deferred[1:] {
		d := &w.deferred[i+1]
		if start(ctx, d.field) {
			started = append(started, d)
			continue
		}
		others.Go(func() { d.complete(ctx) })
	}
	for _, d := range started {
		d.complete(ctx)
	}
	others.Wait()
}

// length is how many bytes the writer will write, leaving out what the executor writes.
func (w *Writer) length() int {
	length := len(w.buffer)
	below := func(value graphql.Marshaler) {
		if inner, ok := value.(*Writer); ok {
			length += inner.length()
		}
	}
	for i := range w.deferred {
		below(w.deferred[i].value)
	}
	for i := range w.references {
		below(w.references[i].value)
	}
	return length
}

// answers are kept apart from the writers' buffers, which are many and small. They hold answers of callers, and are cut
// to length zero before they are used again; nothing reads behind that.
var answers = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // a pool is shared by nature

// afterData is room for what an answer has beside its data, in bytes.
const afterData = 64

// newAnswer returns a buffer with room for this many bytes and a little more.
func newAnswer(length int) *bytes.Buffer {
	kept, _ := answers.Get().(*[]byte)
	data := bytes.NewBuffer((*kept)[:0])
	data.Grow(length + afterData)
	return data
}

// Recycle takes the data of an answer that has been sent, so that its memory serves another one. Nobody may use it any
// more.
func Recycle(data []byte) {
	if cap(data) > afterData && cap(data) <= maxPooled {
		answers.Put(&data)
	}
}
