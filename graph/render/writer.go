package render

import (
	"context"
	"io"
	"slices"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/internal/memory"
)

// Writer writes the JSON of one field's value. It is not safe for concurrent use.
type Writer struct {
	buffer     []byte
	path       []step // from the field to the current position; only on the way to deferred fields
	deferred   []deferredField
	references []reference
	shared     any
	elements   elements

	account *memory.Account
	counted int // bytes of the buffer that are reserved, apart from the first ones
}

// buffers pools buffers of writers. A pooled buffer still holds a caller's data, so it is cut to length zero before reuse
// and never read beyond its length.
var buffers = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // a pool is shared by nature

// maxPooled is the maximum size of a pooled buffer in bytes, so that one huge response does not occupy memory forever.
const maxPooled = 4 << 20

// uncounted is how many bytes of each writer are not reserved, because most writers are small.
const uncounted = 1 << 10

// NewWriter returns an empty writer for the operation of ctx.
func NewWriter(ctx context.Context) *Writer {
	buffer, _ := buffers.Get().(*[]byte)
	return &Writer{buffer: (*buffer)[:0], account: memory.From(ctx), counted: uncounted}
}

// count reserves memory for the buffer and its growth. It returns false if none is left.
func (w *Writer) count() bool {
	size := len(w.buffer) + min(len(w.buffer), minCounted) + len(w.buffer)/4
	if w.account.Reserve(size-w.counted) != nil {
		return false
	}
	w.counted = size
	return true
}

// minCounted is the smallest step in which large buffers are reserved, in bytes.
const minCounted = 16 << 10

// Share makes a value available to the resolvers of deferred fields, through [Shared].
func (w *Writer) Share(value any) { w.shared = value }

// Open starts an object. Call Key before each member and Close at the end.
func (w *Writer) Open() { w.buffer = append(w.buffer, '{') }

// Close ends an object.
func (w *Writer) Close() { w.buffer = append(w.buffer, '}') }

// Key starts the member at this position of its object. It returns false if the operation has no memory left.
func (w *Writer) Key(position int, field *Field) bool {
	if position > 0 {
		w.buffer = append(w.buffer, ',')
	}
	w.buffer = append(w.buffer, field.Key...)
	return len(w.buffer) <= w.counted || w.count()
}

// OpenList starts a list. Call Element before each element and CloseList at the end.
func (w *Writer) OpenList() { w.buffer = append(w.buffer, '[') }

// CloseList ends a list.
func (w *Writer) CloseList() { w.buffer = append(w.buffer, ']') }

// Element starts the element at this index of its list. It returns false if the operation has no memory left.
func (w *Writer) Element(index int) bool {
	if index > 0 {
		w.buffer = append(w.buffer, ',')
	}
	return len(w.buffer) <= w.counted || w.count()
}

// Null writes null.
func (w *Writer) Null() { w.buffer = append(w.buffer, "null"...) }

// String writes a string.
func (w *Writer) String(text string) { w.buffer = appendString(w.buffer, text) }

// Bool writes true or false.
func (w *Writer) Bool(value bool) { w.buffer = strconv.AppendBool(w.buffer, value) }

// Int writes an integer.
func (w *Writer) Int(value int64) { w.buffer = strconv.AppendInt(w.buffer, value, 10) }

// Buffer returns the buffer for a function that appends to it. Pass its result to SetBuffer.
func (w *Writer) Buffer() []byte { return w.buffer }

// SetBuffer replaces the buffer.
func (w *Writer) SetBuffer(buffer []byte) { w.buffer = buffer }

// Write implements [io.Writer] for marshalers of gqlgen's executor. It never fails.
func (w *Writer) Write(p []byte) (int, error) {
	w.buffer = append(w.buffer, p...)
	return len(p), nil
}

// EnterField adds a field to the current path if its value contains deferred fields. Leave removes it.
func (w *Writer) EnterField(object string, field *Field) {
	if field.HasDeferred {
		w.path = append(w.path, step{object: object, field: field})
	}
}

// EnterElement adds a list element to the current path. Leave removes it.
func (w *Writer) EnterElement(field *Field, index int) {
	if field.HasDeferred {
		w.path = append(w.path, step{index: index})
	}
}

// Leave reverts the last EnterField or EnterElement for this field.
func (w *Writer) Leave(field *Field) {
	if field.HasDeferred {
		w.path = w.path[:len(w.path)-1]
	}
}

// Defer defers a field. Its resolver runs after everything else is written: if a writer returns false, gqlgen's executor renders
// the result, so no resolver may have run until then.
func (w *Writer) Defer(field *Field, resolve func(context.Context) graphql.Marshaler) {
	var path []step
	if len(w.path) > 0 { // for a root field, it is empty
		path = slices.Clone(w.path[:len(w.path)-1]) // gqlgen adds the field itself
	}
	w.deferred = append(w.deferred, deferredField{offset: len(w.buffer), path: path, field: field, resolve: resolve, shared: w.shared})
}

func (w *Writer) release() {
	if buffer := w.buffer; cap(buffer) > 0 && cap(buffer) <= maxPooled {
		buffers.Put(&buffer)
	}
	w.buffer = nil
	if w.counted > uncounted {
		w.account.Release(w.counted - uncounted)
		w.counted = uncounted
	}
}

// MarshalGQL writes the value, with the values of deferred fields and references in their places, and releases the
// buffer. It must be called at most once, after Finish.
func (w *Writer) MarshalGQL(to io.Writer) {
	written := 0
	put := func(offset int, value graphql.Marshaler) {
		_, _ = to.Write(w.buffer[written:offset])
		written = offset
		value.MarshalGQL(to)
	}
	references := w.references
	for i := range w.deferred {
		for len(references) > 0 && references[0].offset < w.deferred[i].offset {
			put(references[0].offset, references[0].value)
			references = references[1:]
		}
		put(w.deferred[i].offset, w.deferred[i].value)
	}
	for i := range references {
		put(references[i].offset, references[i].value)
	}
	_, _ = to.Write(w.buffer[written:])
	w.release()
}

// length returns the number of bytes that MarshalGQL will write, without values that gqlgen's executor writes.
func (w *Writer) length() int {
	length := len(w.buffer)
	add := func(value graphql.Marshaler) {
		switch value := value.(type) {
		case *Writer:
			length += value.length()
		case written:
			length += len(value)
		}
	}
	for i := range w.deferred {
		add(w.deferred[i].value)
	}
	for i := range w.references {
		add(w.references[i].value)
	}
	return length
}

// written is a value that can be written several times.
type written []byte

// MarshalGQL writes the value.
func (v written) MarshalGQL(to io.Writer) { _, _ = to.Write(v) }
