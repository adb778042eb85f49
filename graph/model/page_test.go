package model_test

import (
	"math"
	"testing"

	"mstudio-graphql/graph/model"
)

func TestPageArgumentsCheck(t *testing.T) {
	t.Parallel()
	good := map[string]model.PageArguments{
		"none":                    {},
		"first at its least":      {First: new(int32(1))},
		"first at its most":       {First: new(int32(100))},
		"last at its least":       {Last: new(int32(1))},
		"last at its most":        {Last: new(int32(100))},
		"cursors alone":           {After: new("a"), Before: new("b")},
		"first with both cursors": {First: new(int32(10)), After: new("a"), Before: new("b")},
		"last with both cursors":  {Last: new(int32(10)), After: new("a"), Before: new("b")},
	}
	for name, arguments := range good {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := arguments.Check(); err != nil {
				t.Errorf("want none, got %v", err)
			}
		})
	}
	bad := map[string]model.PageArguments{
		"first and last":                    {First: new(int32(1)), Last: new(int32(1))},
		"first and last, both out of range": {First: new(int32(0)), Last: new(int32(101))},
		"no first":                          {First: new(int32(0))},
		"first below zero":                  {First: new(int32(-1))},
		"first over the limit":              {First: new(int32(101))},
		"first as large as can be":          {First: new(int32(math.MaxInt32))},
		"no last":                           {Last: new(int32(0))},
		"last below zero":                   {Last: new(int32(math.MinInt32))},
		"last over the limit":               {Last: new(int32(101))},
	}
	for name, arguments := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantBadInput(t, arguments.Check(), "")
		})
	}
}

func TestPageArgumentsSize(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments model.PageArguments
		count     int
		fromEnd   bool
	}{
		"none":                         {model.PageArguments{}, 20, false},
		"first":                        {model.PageArguments{First: new(int32(7))}, 7, false},
		"last":                         {model.PageArguments{Last: new(int32(7))}, 7, true},
		"before alone, from the start": {model.PageArguments{Before: new("b")}, 20, false},
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

func TestPageArgumentsCut(t *testing.T) {
	t.Parallel()
	first := func(count int32) model.PageArguments { return model.PageArguments{First: &count} }
	last := func(count int32) model.PageArguments { return model.PageArguments{Last: &count} }
	tests := []struct {
		name        string
		arguments   model.PageArguments
		length      int
		front, back int
	}{
		{"nothing is left", first(10), 0, 0, 0},
		{"nothing is left, from the end", last(10), 0, 0, 0},
		{"less than a page", first(10), 9, 0, 0},
		{"less than a page, from the end", last(10), 9, 0, 0},
		{"just a page", first(10), 10, 0, 0},
		{"just a page, from the end", last(10), 10, 0, 0},
		{"one too many", first(10), 11, 0, 1},
		{"one too many, from the end", last(10), 11, 1, 0},
		{"one of many", first(1), 1000, 0, 999},
		{"one of many, from the end", last(1), 1000, 999, 0},
		{"fallback, less than a page", model.PageArguments{}, 20, 0, 0},
		{"fallback, more than a page", model.PageArguments{}, 21, 0, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			front, back := test.arguments.Cut(test.length, 20)
			if front != test.front || back != test.back {
				t.Errorf("want %d and %d dropped, got %d and %d", test.front, test.back, front, back)
			}
		})
	}
}

// Whatever is asked for, what is left is never more than a page, and never less than there is.
func TestPageArgumentsCutHoldsTogether(t *testing.T) {
	t.Parallel()
	for length := range 250 {
		for size := int32(1); size <= 100; size++ {
			for _, arguments := range []model.PageArguments{{First: &size}, {Last: &size}} {
				front, back := arguments.Cut(length, 20)
				left := length - front - back
				if front < 0 || back < 0 || left != min(length, int(size)) {
					t.Fatalf("length %d, size %d: dropped %d and %d", length, size, front, back)
				}
			}
		}
	}
}
