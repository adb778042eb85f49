package render

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/rest"
)

// library holds objects by ID. Each has references to others, which are its members.
type library struct {
	refers map[string][]string
	few    int
	plan   *Object

	mu    sync.Mutex
	steps [][]string
}

func (l *library) Fetch(_ context.Context, references []rest.Entity, got func(int, rest.Entity, error)) {
	var ids []string
	for _, reference := range references {
		ids = append(ids, reference.EntityID())
	}
	l.mu.Lock()
	l.steps = append(l.steps, ids)
	l.mu.Unlock()
	for i, id := range ids {
		var err error
		if _, found := l.refers[id]; !found {
			err = errors.New("hidden")
		}
		got(i, references[i].Bare(""), err)
	}
}

func (l *library) Few(_ context.Context, count int) bool { return count <= l.few }

func (l *library) Write(w *Writer, _ *Object, object rest.Entity) bool {
	switch object.EntityID() {
	case "panics":
		w.Open()
		panic("secret")
	case "fails":
		w.Open()
		return false
	}
	w.Open()
	w.String("is")
	w.buffer = append(w.buffer, ':')
	w.String(object.EntityID())
	for _, id := range l.refers[object.EntityID()] {
		w.buffer = append(w.buffer, ',')
		l.refer(w, id)
	}
	w.Close()
	return true
}

func (l *library) Execute(ctx context.Context, _ ast.SelectionSet, object rest.Entity) graphql.Marshaler {
	return graphql.MarshalString(object.EntityID() + " at " + graphql.GetPath(ctx).String())
}

// refer writes a member with a reference to an object. Its name is the ID.
func (l *library) refer(w *Writer, id string) {
	field := member(id, true)
	w.buffer = append(w.buffer, field.Key...)
	w.EnterField("Object", field)
	w.Reference(l.plan, &rest.Project{Ref: rest.Ref{ID: id}})
	w.Leave(field)
}

func newLibrary(few int, refers map[string][]string) *library {
	return &library{refers: refers, few: few, plan: &Object{Fetched: member("name", false)}}
}

// render writes references, each followed by a deferred field, and returns the result.
func (l *library) render(ctx context.Context, ids ...string) string {
	w := NewWriter(ctx)
	w.Open()
	for i, id := range ids {
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		l.refer(w, id)
		deferred := member("deferred", true)
		w.buffer = append(w.buffer, ',')
		w.Key(0, deferred)
		w.EnterField("Object", deferred)
		w.Defer(deferred, func(context.Context) graphql.Marshaler { return graphql.MarshalInt(i) })
		w.Leave(deferred)
	}
	w.Close()
	var to writerBuffer
	w.Finish(ctx, l).MarshalGQL(&to)
	return string(to)
}

type writerBuffer []byte

func (b *writerBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func TestReferences_Steps(t *testing.T) {
	t.Parallel()
	l := newLibrary(1, map[string][]string{"a": {"c", "d"}, "b": {"d"}, "c": {}, "d": {"e"}, "e": {}})
	got := l.render(responding(t), "a", "b")
	want := `{"a":{"is":"a","c":{"is":"c"},"d":{"is":"d","e":{"is":"e"}}},"deferred":0,"b":{"is":"b","d":{"is":"d","e":{"is":"e"}}},"deferred":1}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"c", "d", "d"}, {"e", "e"}}, l.steps); diff != "" {
		t.Errorf("steps, -want +got\n%s", diff)
	}
}

// Few references are fetched individually, with the same result.
func TestReferences_Few(t *testing.T) {
	t.Parallel()
	refers := map[string][]string{"a": {"c", "d"}, "b": {"d"}, "c": {}, "d": {"e"}, "e": {}}
	l := newLibrary(9, refers)
	if diff := cmp.Diff(newLibrary(1, refers).render(responding(t), "a", "b"), l.render(responding(t), "a", "b")); diff != "" {
		t.Errorf("-many +few\n%s", diff)
	}
	var fetched []string
	for _, step := range l.steps {
		if len(step) != 1 {
			t.Errorf("fetched together: %v", step)
		}
		fetched = append(fetched, step...)
	}
	slices.Sort(fetched)
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "d", "e", "e"}, fetched); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A reference that cannot be fetched is rendered as a reference, with one error at its first missing field. gqlgen's
// executor renders objects that Write cannot.
func TestReferences_Failures(t *testing.T) {
	t.Parallel()
	for _, few := range []int{0, 9} {
		ctx := responding(t)
		l := newLibrary(few, map[string][]string{"a": {"gone", "panics"}, "fails": {}, "panics": {}})
		got := l.render(ctx, "a", "fails", "lost")
		want := `{"a":{"is":"a","gone":{"is":"gone"},"panics":"panics at a.panics"},"deferred":0,"fails":"fails at fails","deferred":1,"lost":{"is":"lost"},"deferred":2}`
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("few %d, -want +got\n%s", few, diff)
		}
		var at []string
		for _, err := range graphql.GetErrors(ctx) {
			at = append(at, err.Path.String()+": "+err.Err.Error())
		}
		if diff := cmp.Diff([]string{"a.gone.name: hidden", "lost.name: hidden"}, at); diff != "" {
			t.Errorf("few %d, errors, -want +got\n%s", few, diff)
		}
	}
}
