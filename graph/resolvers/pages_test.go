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

// name is a row of the lists below.
type name struct{ text, id string }

func nameOrder() order[name] {
	return byName(func(row name) string { return row.text }, func(row name) string { return row.id })
}

func namedRows(count int) []name {
	rows := make([]name, count)
	for i := range rows {
		rows[i] = name{text: []string{"", "Ärzte", "b", "B", "b"}[i%5], id: strconv.Itoa(1000 + i)}
	}
	return rows
}

// sliceNamed returns a page of the rows, which it passes in random order.
func sliceNamed(t *testing.T, rows []name, arguments model.PageArguments) *model.Connection[name] {
	t.Helper()
	page, err := newSortedPage("rows", arguments, nameOrder(), 100)
	if err != nil {
		t.Fatal(err)
	}
	rows = slices.Clone(rows)
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return page.slice(rows)
}

func wantNames(t *testing.T, what string, want, got []name) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(name{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Pages join without gaps in both directions, also if many rows have the same name.
func TestSortedPage_PagesJoin(t *testing.T) {
	t.Parallel()
	rows := namedRows(47)
	all := sliceNamed(t, rows, model.PageArguments{}).Nodes
	if !slices.IsSortedFunc(all, nameOrder().compare) || len(all) != len(rows) {
		t.Fatalf("%d of %d rows, or not in order: %v", len(all), len(rows), all)
	}
	for _, size := range []int32{1, 7, 46, 47, 100} {
		var forward, backward []name
		ahead, back := model.PageArguments{First: &size}, model.PageArguments{Last: &size}
		for more := true; more && len(forward) <= len(all); {
			page := sliceNamed(t, rows, ahead)
			forward = append(forward, page.Nodes...)
			ahead.After, more = page.PageInfo().EndCursor, page.HasNext
		}
		for more := true; more && len(backward) <= len(all); {
			page := sliceNamed(t, rows, back)
			backward = append(slices.Clone(page.Nodes), backward...)
			back.Before, more = page.PageInfo().StartCursor, page.HasPrevious
		}
		wantNames(t, fmt.Sprintf("forward by %d", size), all, forward)
		wantNames(t, fmt.Sprintf("backward by %d", size), all, backward)
	}
}

// A cursor remains valid after its row has disappeared.
func TestSortedPage_RowOfCursorIsGone(t *testing.T) {
	t.Parallel()
	rows := namedRows(20)
	all := sliceNamed(t, rows, model.PageArguments{})
	cursor := all.Cursor(9)
	gone := slices.DeleteFunc(slices.Clone(rows), func(row name) bool { return row == all.Nodes[9] })
	after, before := sliceNamed(t, gone, model.PageArguments{After: &cursor}), sliceNamed(t, gone, model.PageArguments{Before: &cursor})
	wantNames(t, "after", all.Nodes[10:], after.Nodes)
	wantNames(t, "before", all.Nodes[:9], before.Nodes)
}

func TestSortedPage_RejectsOtherCursors(t *testing.T) {
	t.Parallel()
	rows := model.Scope("rows")
	for _, cursor := range []string{"", "x", model.Scope("other").Encode(`["0","a","b"]`), rows.Encode("0"), rows.Encode(`["0","a"]`), rows.Encode(`["a","b","c"]`), rows.Encode(`["0","a","b","c"]`)} {
		_, err := newSortedPage("rows", model.PageArguments{After: &cursor}, nameOrder(), 100)
		wantBadInput(t, err)
		_, err = newSortedPage("rows", model.PageArguments{Before: &cursor}, nameOrder(), 100)
		wantBadInput(t, err)
	}
}

// Rows with the same ID are on successive pages in both directions.
func TestSortedPage_RowsTwice(t *testing.T) {
	t.Parallel()
	rows := []name{{"a", "1"}, {"b", "2"}, {"b", "2"}, {"b", "2"}, {"c", "3"}}
	for _, isBackward := range []bool{false, true} {
		var seen []name
		size := int32(1)
		arguments := model.PageArguments{First: &size}
		for more := true; more && len(seen) <= len(rows); {
			if isBackward {
				arguments = model.PageArguments{Last: &size, Before: arguments.Before}
			}
			page := sliceNamed(t, rows, arguments)
			cursor := page.Cursor(0)
			if isBackward {
				seen, more, arguments.Before = append(page.Nodes, seen...), page.HasPrevious, &cursor
			} else {
				seen, more, arguments.After = append(seen, page.Nodes...), page.HasNext, &cursor
			}
		}
		wantNames(t, fmt.Sprint("backward: ", isBackward), rows, seen)
	}
}
