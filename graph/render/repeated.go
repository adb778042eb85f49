package render

// Repeated knows where the last few objects of one type were written, since a history has many messages of few people:
// what was written for one of them by a plan is copied when the same comes again.
type Repeated[T comparable] struct {
	written [4]repeated[T]
	next    int
}

type repeated[T comparable] struct {
	plan       *Object
	object     T
	start, end int
}

// Again writes an object if it has been written by the same plan, and reports whether it has. If not, start is what
// Remember wants to know.
func (r *Repeated[T]) Again(w *Writer, plan *Object, object T) (start int, again bool) {
	for i := range r.written {
		if before := &r.written[i]; before.object == object && before.plan == plan {
			w.buffer = append(w.buffer, w.buffer[before.start:before.end]...)
			return 0, true
		}
	}
	return len(w.buffer), false
}

// Remember notes that an object was written from start on. One with deferred is not remembered: its text is not all of it.
func (r *Repeated[T]) Remember(w *Writer, plan *Object, object T, start int) {
	if plan.plain {
		r.written[r.next] = repeated[T]{plan, object, start, len(w.buffer)}
		r.next = (r.next + 1) % len(r.written)
	}
}
