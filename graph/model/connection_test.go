package model_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/model"
)

func connection(nodes ...string) *model.Connection[string] {
	return &model.Connection[string]{Nodes: nodes, Cursor: func(index int) string { return "cursor of " + nodes[index] }}
}

func TestPageInfo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		nodes                []string
		hasPrevious, hasNext bool
		want                 model.PageInfo
	}{
		"empty":          {want: model.PageInfo{}},
		"empty, between": {hasPrevious: true, hasNext: true, want: model.PageInfo{HasPreviousPage: true, HasNextPage: true}},
		"one":            {nodes: []string{"a"}, want: model.PageInfo{StartCursor: new("cursor of a"), EndCursor: new("cursor of a")}},
		"three at the start": {
			nodes: []string{"a", "b", "c"}, hasNext: true,
			want: model.PageInfo{HasNextPage: true, StartCursor: new("cursor of a"), EndCursor: new("cursor of c")},
		},
		"three at the end": {
			nodes: []string{"a", "b", "c"}, hasPrevious: true,
			want: model.PageInfo{HasPreviousPage: true, StartCursor: new("cursor of a"), EndCursor: new("cursor of c")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := connection(test.nodes...)
			page.HasPrevious, page.HasNext = test.hasPrevious, test.hasNext
			if diff := cmp.Diff(&test.want, page.PageInfo()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Unreadable items are not nodes, but have a position in the list.
func TestPageInfo_UnreadableItems(t *testing.T) {
	t.Parallel()
	for name, nodes := range map[string][]string{"some": {"b"}, "all": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := connection(nodes...)
			page.HasNext = true
			page.Ends = func() (start, end string) { return "first place", "last place" }
			want := &model.PageInfo{HasNextPage: true, StartCursor: new("first place"), EndCursor: new("last place")}
			if diff := cmp.Diff(want, page.PageInfo()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	want := []*model.Edge[string]{{Cursor: "cursor of b", Node: "b"}, {Cursor: "cursor of a", Node: "a"}, {Cursor: "cursor of c", Node: "c"}}
	if diff := cmp.Diff(want, connection("b", "a", "c").Edges()); diff != "" {
		t.Errorf("edges keep the order of the nodes (-want +got):\n%s", diff)
	}
}

// Edges must not be nil: the field is non-null, so a null would remove the whole page.
func TestEdges_EmptyPage(t *testing.T) {
	t.Parallel()
	if got := connection().Edges(); got == nil || len(got) != 0 {
		t.Errorf("want an empty list, got %#v", got)
	}
}

// Cursors are created on demand.
func TestConnection_CursorsOnDemand(t *testing.T) {
	t.Parallel()
	made := 0
	page := connection("a", "b", "c")
	page.Cursor = func(int) string { made++; return "cursor" }
	page.PageInfo()
	if made != 2 {
		t.Errorf("page info: want 2 cursors, got %d", made)
	}
	page.Edges()
	if made != 2+3 {
		t.Errorf("edges: want one each, got %d", made-2)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	want := &model.Error{Code: model.CodeBadUserInput, Message: "first must be from 1 to 100."}
	var err error = model.BadInput("first must be from 1 to 100.")
	var got *model.Error
	if !errors.As(err, &got) {
		t.Fatalf("want a *model.Error, got %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err.Error() != want.Message {
		t.Errorf("message: want %s, got %s", want.Message, err)
	}
}
