package resolvers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/model"
)

func namedRows(count int) []name {
	rows := make([]name, count)
	for i := range rows {
		rows[i] = name{text: []string{"", "Ärzte", "b", "B", "b"}[i%5], id: strconv.Itoa(1000 + i)}
	}
	return rows
}

func cutNamed(t *testing.T, rows []name, arguments model.PageArguments) *model.Connection[name] {
	t.Helper()
	page, err := newNamedPage("rows", arguments, func(row name) name { return row })
	if err != nil {
		t.Fatal(err)
	}
	rows = slices.Clone(rows)
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return page.cut(rows, true)
}

func wantNames(t *testing.T, what string, want, got []name) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(name{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Pages join without gaps from both ends, in whatever order the rows come, and though many have the same name.
func TestNamedPagesJoin(t *testing.T) {
	t.Parallel()
	rows := namedRows(47)
	all := cutNamed(t, rows, model.PageArguments{}).Nodes
	if !slices.IsSortedFunc(all, name.compare) || len(all) != len(rows) {
		t.Fatalf("%d of %d rows, or not in order: %v", len(all), len(rows), all)
	}
	for _, size := range []int32{1, 7, 46, 47, 100} {
		var forward, backward []name
		ahead, back := model.PageArguments{First: &size}, model.PageArguments{Last: &size}
		for more := true; more && len(forward) <= len(all); {
			page := cutNamed(t, rows, ahead)
			forward = append(forward, page.Nodes...)
			ahead.After, more = page.PageInfo().EndCursor, page.HasNext
		}
		for more := true; more && len(backward) <= len(all); {
			page := cutNamed(t, rows, back)
			backward = append(slices.Clone(page.Nodes), backward...)
			back.Before, more = page.PageInfo().StartCursor, page.HasPrevious
		}
		wantNames(t, fmt.Sprintf("forward by %d", size), all, forward)
		wantNames(t, fmt.Sprintf("backward by %d", size), all, backward)
	}
}

// A cursor holds when its row is gone.
func TestNamedPageBehindARowThatIsGone(t *testing.T) {
	t.Parallel()
	rows := namedRows(20)
	all := cutNamed(t, rows, model.PageArguments{})
	cursor := all.Cursor(9)
	gone := slices.DeleteFunc(slices.Clone(rows), func(row name) bool { return row == all.Nodes[9] })
	after, before := cutNamed(t, gone, model.PageArguments{After: &cursor}), cutNamed(t, gone, model.PageArguments{Before: &cursor})
	wantNames(t, "after", all.Nodes[10:], after.Nodes)
	wantNames(t, "before", all.Nodes[:9], before.Nodes)
}

func TestNamedPageRefusesOtherCursors(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"", "x", model.Scope("other").Encode(`["a","b"]`), model.Scope("rows").Encode("a")} {
		_, err := newNamedPage("rows", model.PageArguments{After: &cursor}, func(row name) name { return row })
		wantBadInput(t, err)
		_, err = newNamedPage("rows", model.PageArguments{Before: &cursor}, func(row name) name { return row })
		wantBadInput(t, err)
	}
}
