package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
)

// responding is the context of a request in which errors are collected.
func responding(t *testing.T) context.Context {
	t.Helper()
	presenter := graphql.DefaultErrorPresenter
	ctx := graphql.WithResponseContext(t.Context(), presenter, func(context.Context, any) error { return errors.New("panicked") })
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query"})
}

func member(alias string, deferred bool) *Field {
	return &Field{
		Key: append(appendString(nil, alias), ':'), HasDeferred: deferred,
		Collected: graphql.CollectedField{Field: &ast.Field{Name: alias, Alias: alias}},
	}
}

// path is a resolver that answers at which path it is called.
func path(ctx context.Context) graphql.Marshaler {
	return graphql.MarshalString(graphql.GetPath(ctx).String())
}

func rendered(ctx context.Context, w *Writer) string {
	var to bytes.Buffer
	w.Finish(ctx, nil).MarshalGQL(&to)
	return to.String()
}

// TestHoles has several in one object, some in a list within an object, and one whose answer has a hole itself.
func TestHoles(t *testing.T) {
	t.Parallel()
	ctx := responding(t)
	a, list, b, plain := member("a", true), member("list", true), member("b", true), member("plain", false)
	w := NewWriter()
	hole := func(object string, position int, field *Field, resolve func(context.Context) graphql.Marshaler) {
		w.Key(position, field)
		w.EnterField(object, field)
		w.Defer(field, resolve)
		w.Leave(field)
	}
	w.Open()
	hole("Top", 0, a, path)
	w.Key(1, list)
	w.EnterField("Top", list)
	w.OpenList()
	for i := range 3 {
		w.Element(i)
		w.EnterElement(list, i)
		w.Open()
		w.Key(0, plain)
		w.EnterField("Element", plain)
		w.Int(int64(i))
		w.Leave(plain)
		hole("Element", 1, b, path)
		w.Close()
		w.Leave(list)
	}
	w.CloseList()
	w.Leave(list)
	hole("Top", 2, b, func(ctx context.Context) graphql.Marshaler {
		below := NewWriter()
		below.Open()
		below.Key(0, a)
		below.EnterField("Below", a)
		below.Defer(a, path)
		below.Leave(a)
		below.Close()
		return below.Finish(graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Top", Field: b.Collected}), nil)
	})
	w.Close()
	// The resolver would add its own field: without it, a path ends at the object.
	want := `{"a":"","list":[{"plain":0,"b":"list[0]"},{"plain":1,"b":"list[1]"},{"plain":2,"b":"list[2]"}],"b":{"a":"b"}}`
	if difference := cmp.Diff(want, rendered(ctx, w)); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
	if len(w.path) != 0 {
		t.Errorf("the writer has not left %v", w.path)
	}
}

func TestPanicInAHoleIsAnErrorAndNull(t *testing.T) {
	t.Parallel()
	ctx := responding(t)
	a, b := member("a", true), member("b", true)
	w := NewWriter()
	w.Open()
	for i, field := range []*Field{a, b} {
		w.Key(i, field)
		w.EnterField("Top", field)
		w.Defer(field, func(context.Context) graphql.Marshaler {
			if field == a {
				panic("secret")
			}
			return graphql.MarshalBoolean(true)
		})
		w.Leave(field)
	}
	w.Close()
	if got := rendered(ctx, w); got != `{"a":null,"b":true}` {
		t.Errorf("got %s", got)
	}
	if errs := graphql.GetErrors(ctx); len(errs) != 1 || errs[0].Message != "panicked" {
		t.Errorf("want the panic as an error, got %v", errs)
	}
}

// TestHolesRunInOrder: each is called once, in the order of the answer, so that errors have an order too.
func TestHolesRunInOrder(t *testing.T) {
	t.Parallel()
	const count = 50
	var called []int
	field := member("a", true)
	w := NewWriter()
	w.OpenList()
	for i := range count {
		w.Element(i)
		w.EnterField("Top", field)
		w.Defer(field, func(context.Context) graphql.Marshaler {
			called = append(called, i)
			return graphql.MarshalInt(i)
		})
		w.Leave(field)
	}
	w.CloseList()
	var numbers []int
	if err := json.Unmarshal([]byte(rendered(responding(t), w)), &numbers); err != nil {
		t.Fatal(err)
	}
	if len(numbers) != count {
		t.Errorf("want %d numbers, got %d", count, len(numbers))
	}
	if difference := cmp.Diff(called, numbers); difference != "" {
		t.Errorf("called and written (-want +got):\n%s", difference)
	}
}

func TestHolesGetTheirPlan(t *testing.T) {
	t.Parallel()
	own, other := member("own", true), member("other", true)
	w := NewWriter()
	w.EnterField("Top", own)
	w.Defer(own, func(ctx context.Context) graphql.Marshaler {
		if PlanOf(ctx, &graphql.FieldContext{Field: own.Collected}) != own {
			t.Error("the field does not find its plan")
		}
		if PlanOf(ctx, &graphql.FieldContext{Field: other.Collected}) != nil {
			t.Error("another field finds the plan")
		}
		return graphql.Null
	})
	w.Leave(own)
	_ = rendered(responding(t), w)
	if PlanOf(t.Context(), &graphql.FieldContext{Field: own.Collected}) != nil {
		t.Error("there is a plan outside of the hole")
	}
}

func TestGiveUpCallsNoResolver(t *testing.T) {
	t.Parallel()
	field := member("a", true)
	w := NewWriter()
	w.EnterField("Top", field)
	w.Defer(field, func(context.Context) graphql.Marshaler {
		t.Error("called")
		return graphql.Null
	})
	w.Discard()
}

// TestBuffersOfAnswersAreNotShared renders, gives up and abandons answers of different lengths at the same time: none
// may show what another has written.
func TestBuffersOfAnswersAreNotShared(t *testing.T) {
	t.Parallel()
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() {
			for i := range 300 {
				text := strings.Repeat(fmt.Sprintf("%d/%d ", worker, i), 1+(i*worker)%40)
				w := NewWriter()
				w.OpenList()
				w.String(text)
				switch i % 5 {
				case 0:
					w.Discard()
					continue
				case 1:
					continue // an answer that is replaced by null is never written
				}
				w.CloseList()
				finished := w.Finish(t.Context(), nil)
				var to bytes.Buffer
				finished.MarshalGQL(&to)
				var got []string
				if err := json.Unmarshal(to.Bytes(), &got); err != nil || len(got) != 1 || got[0] != text {
					t.Errorf("want %q, got %s", text, to.Bytes())
				}
			}
		})
	}
	running.Wait()
}

// TestHugeBuffersAreNotPooled keeps one answer from occupying memory for ever.
func TestHugeBuffersAreNotPooled(t *testing.T) {
	t.Parallel()
	w := NewWriter()
	w.String(strings.Repeat("x", maxPooled+1))
	w.MarshalGQL(io.Discard)
	for range 20 {
		if next := NewWriter(); cap(next.Buffer()) > maxPooled {
			t.Errorf("a buffer of %d bytes was kept", cap(next.Buffer()))
		}
	}
}

func TestScalars(t *testing.T) {
	t.Parallel()
	w := NewWriter()
	w.OpenList()
	for i, write := range []func(){
		w.Null,
		func() { w.Bool(true) },
		func() { w.Bool(false) },
		func() { w.Int(-1 << 63) },
		func() { w.String("a\"b") },
		func() { w.SetBuffer(append(w.Buffer(), "7"...)) },
		func() { graphql.MarshalInt(8).MarshalGQL(w) },
	} {
		w.Element(i)
		write()
	}
	w.CloseList()
	if got := rendered(t.Context(), w); got != `[null,true,false,-9223372036854775808,"a\"b",7,8]` {
		t.Errorf("got %s", got)
	}
}
