package render

import (
	"context"
	"io"
	"slices"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Writer collects the JSON of one field's value. It is for one goroutine.
type Writer struct {
	buffer   []byte
	path     []step // from the field to where the writer is; kept only on the way to deferred
	deferred []deferredField
	// references are objects that have to be fetched before they can be written.
	references []reference
	shared     any
}

// step is one step down from the projected field: into a member, or into an element of a list.
type step struct {
	object string
	field  *Field
	index  int // of an element; field is nil then
}

// hole is a place that a resolver fills.
type deferredField struct {
	offset  int
	path    []step
	field   *Field
	resolve func(context.Context) graphql.Marshaler
	value   graphql.Marshaler
	shared  any
}

// buffers are kept between answers. They hold answers of callers, and are cut to length zero before they are used
// again; nothing reads behind that.
var buffers = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // a pool is shared by nature

// maxPooled keeps one huge answer from occupying memory for ever.
const maxPooled = 4 << 20

// NewWriter returns an empty writer.
func NewWriter() *Writer {
	buffer, _ := buffers.Get().(*[]byte)
	return &Writer{buffer: (*buffer)[:0]}
}

// Share has the resolvers of deferred find a value by Shared.
func (w *Writer) Share(value any) { w.shared = value }

// Open starts an object; every member then starts with Key, and Close ends it.
func (w *Writer) Open() { w.buffer = append(w.buffer, '{') }

// Close ends an object.
func (w *Writer) Close() { w.buffer = append(w.buffer, '}') }

// Key starts the member at a position of its object.
func (w *Writer) Key(position int, field *Field) {
	if position > 0 {
		w.buffer = append(w.buffer, ',')
	}
	w.buffer = append(w.buffer, field.Key...)
}

// OpenList starts a list; every element then starts with Element, and CloseList ends it.
func (w *Writer) OpenList() { w.buffer = append(w.buffer, '[') }

// CloseList ends a list.
func (w *Writer) CloseList() { w.buffer = append(w.buffer, ']') }

// Element starts the element at an index of its list.
func (w *Writer) Element(index int) {
	if index > 0 {
		w.buffer = append(w.buffer, ',')
	}
}

// Null writes null.
func (w *Writer) Null() { w.buffer = append(w.buffer, "null"...) }

// String writes a string.
func (w *Writer) String(text string) { w.buffer = appendString(w.buffer, text) }

// Bool writes true or false.
func (w *Writer) Bool(value bool) { w.buffer = strconv.AppendBool(w.buffer, value) }

// Int writes an integer.
func (w *Writer) Int(value int64) { w.buffer = strconv.AppendInt(w.buffer, value, 10) }

// Buffer gives a scalar's own function the buffer to append to; SetBuffer takes it back.
func (w *Writer) Buffer() []byte { return w.buffer }

// SetBuffer takes back what Buffer gave.
func (w *Writer) SetBuffer(buffer []byte) { w.buffer = buffer }

// Write lets a marshaler of the executor write into the buffer.
func (w *Writer) Write(p []byte) (int, error) {
	w.buffer = append(w.buffer, p...)
	return len(p), nil
}

// EnterField notes that what follows is the value of a member, if there are deferred in it. Leave undoes it.
func (w *Writer) EnterField(object string, field *Field) {
	if field.HasDeferred {
		w.path = append(w.path, step{object: object, field: field})
	}
}

// EnterElement notes that what follows is an element of the field's value. Leave undoes it.
func (w *Writer) EnterElement(field *Field, index int) {
	if field.HasDeferred {
		w.path = append(w.path, step{index: index})
	}
}

// Leave undoes the last Enter for this field.
func (w *Writer) Leave(field *Field) {
	if field.HasDeferred {
		w.path = w.path[:len(w.path)-1]
	}
}

// Hole leaves a place for the answer of a resolver. It is not called before everything else is written, because the
// writers may still give up.
func (w *Writer) Defer(field *Field, resolve func(context.Context) graphql.Marshaler) {
	var path []step
	if len(w.path) > 0 { // for a root field, it is empty
		path = slices.Clone(w.path[:len(w.path)-1]) // the executor adds the field itself
	}
	w.deferred = append(w.deferred, deferredField{offset: len(w.buffer), path: path, field: field, resolve: resolve, shared: w.shared})
}

// Discard gives the buffer back.
func (w *Writer) Discard() { w.release() }

func (w *Writer) release() {
	if buffer := w.buffer; cap(buffer) > 0 && cap(buffer) <= maxPooled {
		buffers.Put(&buffer)
	}
	w.buffer = nil
}

// MarshalGQL writes the value with its deferred filled, and gives the buffer back: it is called once.
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
