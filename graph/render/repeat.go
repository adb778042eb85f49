package render

import (
	"bytes"
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// elements are the elements of a list that a writer has written, by their objects. A client can request an object many times
// in one list, which would take much time for a short request.
type elements struct {
	start   position
	written map[any]span
}

// position is a position in a writer.
type position struct{ buffer, deferred, references int }

// span is the part of a writer that one element takes.
type span struct{ start, end position }

func (w *Writer) position() position {
	return position{len(w.buffer), len(w.deferred), len(w.references)}
}

// Repeat writes the list element at this index if an equal one is written already. Otherwise, the caller must write the element and
// then call Remember. An element with references is not repeated, because each reference has its own errors.
func (w *Writer) Repeat(index int, element any) bool {
	w.elements.start = w.position()
	first, found := w.elements.written[element]
	if !found || first.start.references < first.end.references {
		return false
	}
	shift := len(w.buffer) - first.start.buffer
	w.buffer = append(w.buffer, w.buffer[first.start.buffer:first.end.buffer]...)
	for i := first.start.deferred; i < first.end.deferred; i++ {
		again := w.deferred[i]
		again.path = slices.Clone(again.path)
		again.path[len(w.path)-1].index = index // the last step of the current path
		again.offset += shift
		again.first = i + 1
		w.deferred = append(w.deferred, again)
	}
	return true
}

// Remember records the element that has been written since Repeat.
func (w *Writer) Remember(element any) {
	if w.elements.written == nil {
		w.elements.written = map[any]span{}
	}
	w.elements.written[element] = span{w.elements.start, w.position()}
}

// repeatAll completes the deferred fields of repeated elements. If there are errors, each field is completed on its own, because
// it reports them at its own path.
func repeatAll(ctx context.Context, deferred []*deferredField) {
	same := len(graphql.GetErrors(ctx)) == 0
	for _, d := range deferred {
		if d.original != nil && (!same || !d.repeat()) {
			d.complete(ctx)
		}
	}
}

// repeat sets the value to that of the original. It returns false if the value can be used only once.
func (d *deferredField) repeat() bool {
	if value, ok := d.original.value.(*Writer); ok {
		d.original.value = value.written()
	}
	d.value = d.original.value
	_, isWritten := d.value.(written)
	return isWritten || d.value == graphql.Null
}

// written returns the finished value of the writer, or null if the operation has no memory left for it.
func (w *Writer) written() graphql.Marshaler {
	length := w.length()
	if w.account.Reserve(length) != nil {
		w.release()
		return graphql.Null
	}
	value := bytes.NewBuffer(make([]byte, 0, length))
	w.MarshalGQL(value)
	return written(value.Bytes())
}
