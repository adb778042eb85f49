package render

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
)

type resolver func(context.Context) graphql.Marshaler

// rootFields returns a writer with a deferred field for each resolver, named a, b, and so on.
func rootFields(resolvers ...resolver) *Writer {
	w := &Writer{}
	w.Open()
	for i, resolve := range resolvers {
		field := member(string(rune('a'+i)), true)
		w.Key(i, field)
		w.Defer(field, resolve)
	}
	w.Close()
	return w
}

func startNothing(context.Context, *Field) bool { return false }

// text returns a resolver whose result is rendered.
func text(value string) resolver {
	return func(ctx context.Context) graphql.Marshaler {
		w := NewWriter(ctx)
		w.String(value)
		return w.Finish(ctx, nil)
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	null := func(context.Context) graphql.Marshaler { return graphql.Null }
	required := func(context.Context) graphql.Marshaler { return graphql.RequiredNull }
	panics := func(context.Context) graphql.Marshaler { panic("no") }
	tests := map[string]struct {
		given []resolver
		want  string
	}{
		"nothing":                      {nil, `{}`},
		"one field":                    {[]resolver{text("x")}, `{"a":"x"}`},
		"null":                         {[]resolver{null, text("x")}, `{"a":null,"b":"x"}`},
		"a panic":                      {[]resolver{text("x"), panics}, `{"a":"x","b":null}`},
		"null for a non-null field":    {[]resolver{text("x"), required}, `null`},
		"a value of gqlgen's executor": {[]resolver{path, text("x")}, `{"a":"","b":"x"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(rootFields(test.given...).Data(responding(t), startNothing)); got != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
		})
	}
}

// The two resolvers wait for each other.
func TestData_Concurrent(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	meet := func(context.Context) graphql.Marshaler {
		both.Done()
		both.Wait()
		return graphql.Null
	}
	if got := string(rootFields(meet, meet).Data(responding(t), startNothing)); got != `{"a":null,"b":null}` {
		t.Errorf("got %s", got)
	}
}

// Several callers use recycled memory concurrently.
func TestData_Recycled(t *testing.T) {
	t.Parallel()
	var callers sync.WaitGroup
	for caller := range 4 {
		callers.Go(func() {
			own := strings.Repeat(string(rune('a'+caller)), 1000*(caller+1))
			for range 100 {
				data := rootFields(text(own), text("")).Data(responding(t), startNothing)
				if d := cmp.Diff(`{"a":"`+own+`","b":""}`, string(data)); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
				if room := cap(data) - len(data); room < afterData {
					t.Errorf("want a capacity of %d more bytes, got %d", afterData, room)
				}
				Recycle(data)
			}
		})
	}
	callers.Wait()
}

// Prefetched fields run in sequence, after all calls to prefetch.
func TestData_Prefetched(t *testing.T) {
	t.Parallel()
	var ran []string
	noted := func(name string) resolver {
		return func(ctx context.Context) graphql.Marshaler {
			ran = append(ran, name)
			return text(name)(ctx)
		}
	}
	start := func(_ context.Context, field *Field) bool {
		ran = append(ran, "start "+field.Collected.Name)
		return true
	}
	got := string(rootFields(noted("x"), noted("y"), noted("z")).Data(responding(t), start))
	if diff := cmp.Diff([]string{"start b", "start c", "x", "y", "z"}, ran); diff != "" || got != `{"a":"x","b":"y","c":"z"}` {
		t.Errorf("%s (-want +got):\n%s", got, diff)
	}
}

func TestData_HoldsNoLargeBuffer(t *testing.T) {
	t.Parallel()
	for range 20 {
		Recycle(rootFields(text(strings.Repeat("x", 1<<20))).Data(responding(t), startNothing))
		if small := rootFields(text("x")).Data(responding(t), startNothing); cap(small) > 2*maxUnused {
			t.Errorf("%d bytes for %s", cap(small), small)
		}
	}
}
