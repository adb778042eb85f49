package render

import (
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
)

// repeated writes a list with a deferred field in each element and returns it. Elements with the same name are equal.
func repeated(ctx context.Context, resolve func(ctx context.Context, name string) graphql.Marshaler, names ...string) string {
	list, below := member("list", true), member("below", true)
	objects := map[string]*string{}
	w := NewWriter(ctx)
	w.EnterField("Query", list)
	w.OpenList()
	for i, name := range names {
		w.Element(i)
		w.EnterElement(list, i)
		if objects[name] == nil {
			objects[name] = &name
		}
		if !w.Repeat(i, objects[name]) {
			w.Open()
			w.Key(0, below)
			w.EnterField("Node", below)
			w.Defer(below, func(ctx context.Context) graphql.Marshaler { return resolve(ctx, name) })
			w.Leave(below)
			w.Close()
			w.Remember(objects[name])
		}
		w.Leave(list)
	}
	w.CloseList()
	w.Leave(list)
	return rendered(ctx, w)
}

// Equal elements are resolved once. An error is reported for each of them, at its own path.
func TestRepeat(t *testing.T) {
	t.Parallel()
	written := func(ctx context.Context, name string) graphql.Marshaler {
		below := NewWriter(ctx)
		below.String(name)
		return below.Finish(ctx, nil)
	}
	fails := func(ctx context.Context, name string) graphql.Marshaler {
		if name == "b" {
			return written(ctx, name)
		}
		graphql.AddError(ctx, errors.New("failed"))
		return graphql.Null
	}
	for name, test := range map[string]struct {
		resolve func(ctx context.Context, name string) graphql.Marshaler
		want    string
		calls   int
		errors  []string
	}{
		"rendered":    {written, `[{"below":"a"},{"below":"b"},{"below":"a"},{"below":"a"},{"below":"b"}]`, 2, nil},
		"null":        {func(context.Context, string) graphql.Marshaler { return graphql.Null }, `[{"below":null},{"below":null},{"below":null},{"below":null},{"below":null}]`, 2, nil},
		"by executor": {func(ctx context.Context, _ string) graphql.Marshaler { return path(ctx) }, `[{"below":"list[0]"},{"below":"list[1]"},{"below":"list[2]"},{"below":"list[3]"},{"below":"list[4]"}]`, 5, nil},
		"failed":      {fails, `[{"below":null},{"below":"b"},{"below":null},{"below":null},{"below":"b"}]`, 5, []string{"list[0]", "list[2]", "list[3]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, calls := responding(t), 0
			got := repeated(ctx, func(ctx context.Context, name string) graphql.Marshaler { calls++; return test.resolve(ctx, name) }, "a", "b", "a", "a", "b")
			if difference := cmp.Diff(test.want, got); difference != "" || calls != test.calls {
				t.Errorf("%d calls (-want +got):\n%s", calls, difference)
			}
			var paths []string
			for _, err := range graphql.GetErrors(ctx) {
				paths = append(paths, err.Path.String())
			}
			if difference := cmp.Diff(test.errors, paths); difference != "" {
				t.Errorf("errors (-want +got):\n%s", difference)
			}
		})
	}
}
