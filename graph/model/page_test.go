package model_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/graph/model"
)

func TestPageArguments_Check(t *testing.T) {
	t.Parallel()
	good := map[string]model.PageArguments{
		"none":                    {},
		"first at its least":      {First: new(int32(0))},
		"first at its most":       {First: new(int32(100))},
		"last at its least":       {Last: new(int32(0))},
		"last at its most":        {Last: new(int32(100))},
		"cursors alone":           {After: new("a"), Before: new("b")},
		"first with both cursors": {First: new(int32(10)), After: new("a"), Before: new("b")},
		"last with both cursors":  {Last: new(int32(10)), After: new("a"), Before: new("b")},
	}
	for name, arguments := range good {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := arguments.Check(model.MaxPage); err != nil {
				t.Errorf("want none, got %v", err)
			}
		})
	}
	bad := map[string]model.PageArguments{
		"first and last":                    {First: new(int32(1)), Last: new(int32(1))},
		"first and last, both out of range": {First: new(int32(-1)), Last: new(int32(101))},
		"first below zero":                  {First: new(int32(-1))},
		"first over the limit":              {First: new(int32(101))},
		"first as large as can be":          {First: new(int32(math.MaxInt32))},
		"last below zero":                   {Last: new(int32(math.MinInt32))},
		"last over the limit":               {Last: new(int32(101))},
	}
	for name, arguments := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantBadInput(t, arguments.Check(model.MaxPage), "")
		})
	}
}

func TestPageArguments_Size(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments model.PageArguments
		count     int
		fromEnd   bool
	}{
		"none":                         {model.PageArguments{}, 20, false},
		"first":                        {model.PageArguments{First: new(int32(7))}, 7, false},
		"last":                         {model.PageArguments{Last: new(int32(7))}, 7, true},
		"nothing":                      {model.PageArguments{First: new(int32(0)), Before: new("b")}, 0, false},
		"after alone, from the start":  {model.PageArguments{After: new("a")}, 20, false},
		"before alone, from the end":   {model.PageArguments{Before: new("b")}, 20, true},
		"both cursors, from the start": {model.PageArguments{After: new("a"), Before: new("b")}, 20, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			count, fromEnd := test.arguments.Size(20)
			if count != test.count || fromEnd != test.fromEnd {
				t.Errorf("want %d, %t, got %d, %t", test.count, test.fromEnd, count, fromEnd)
			}
		})
	}
}

// letters is a list of rows.
func letters(count int) []string {
	return strings.Split(strings.Repeat("abcdefghij", count/10+1)[:count], "")
}

func TestPart_Page(t *testing.T) {
	t.Parallel()
	first := func(count int32) model.PageArguments { return model.PageArguments{First: &count} }
	last := func(count int32) model.PageArguments { return model.PageArguments{Last: &count} }
	for name, test := range map[string]struct {
		start, end           int
		arguments            model.PageArguments
		want                 string
		hasPrevious, hasNext bool
	}{
		"default size":             {0, 6, model.PageArguments{}, "abc", false, true},
		"first":                    {0, 6, first(2), "ab", false, true},
		"last":                     {0, 6, last(2), "ef", true, false},
		"first of all":             {0, 6, first(6), "abcdef", false, false},
		"more than all":            {0, 6, last(7), "abcdef", false, false},
		"first after a cursor":     {2, 6, first(2), "cd", true, true},
		"last after a cursor":      {2, 6, last(9), "cdef", true, false},
		"last before a cursor":     {0, 4, last(2), "cd", true, true},
		"between cursors":          {1, 5, first(9), "bcde", true, true},
		"after the last":           {6, 6, first(2), "", true, false},
		"before the first":         {0, 0, last(2), "", false, true},
		"cursors in wrong order":   {4, 2, first(2), "", true, true},
		"last, in the wrong order": {4, 2, last(2), "", true, true},
		"no rows":                  {0, 6, first(0), "", false, true},
		"no rows, from the end":    {0, 6, last(0), "", true, false},
		"no rows after a cursor":   {2, 6, first(0), "", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := letters(6)
			page := model.Whole(rows).Page(test.start, test.end, test.arguments, 3, func(i int) string { return strings.ToUpper(rows[i]) })
			if got := strings.Join(page.Nodes, ""); got != test.want {
				t.Errorf("want %q, got %q", test.want, got)
			}
			if page.HasPrevious != test.hasPrevious || page.HasNext != test.hasNext || *page.TotalCount != 6 {
				t.Errorf("want previous %t, next %t, total 6; got %t, %t, %d", test.hasPrevious, test.hasNext, page.HasPrevious, page.HasNext, *page.TotalCount)
			}
			for i, node := range page.Nodes {
				if page.Cursor(i) != strings.ToUpper(node) {
					t.Errorf("cursor %d: got %s", i, page.Cursor(i))
				}
			}
		})
	}
}

// A page has as many rows as requested, or all that there are.
func TestPart_PageSize(t *testing.T) {
	t.Parallel()
	for length := range 250 {
		rows := letters(length)
		for size := int32(1); size <= 100; size++ {
			for _, arguments := range []model.PageArguments{{First: &size}, {Last: &size}} {
				if got := len(model.Whole(rows).Page(0, length, arguments, 20, strconv.Itoa).Nodes); got != min(length, int(size)) {
					t.Fatalf("length %d, size %d: got %d rows", length, size, got)
				}
			}
		}
	}
}

// A part of a longer list has rows before and after it.
func TestPart_PageOfAPart(t *testing.T) {
	t.Parallel()
	part := model.Part[string]{Rows: letters(6), Position: 10, HasMore: true}
	page := part.Page(0, 6, model.PageArguments{}, 6, strconv.Itoa)
	if !page.HasPrevious || !page.HasNext || page.TotalCount != nil || page.Cursor(5) != "5" || part.End() != 16 {
		t.Errorf("got %+v", page)
	}
}
