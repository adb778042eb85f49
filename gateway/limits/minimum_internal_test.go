package limits

import (
	"strings"
	"testing"
)

func TestEstimate_MinCalls(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	const one, two = `"aaaaaaaa-6d0e-4b8a-9f53-0a7e2c4d9b11"`, `"bbbbbbbb-6d0e-4b8a-9f53-0a7e2c4d9b11"`
	tests := map[string]struct {
		query     string
		variables map[string]any
		want      int
	}{
		"two ids":                 {`{a: conversation(id: ` + one + `) {id} b: conversation(id: ` + two + `) {id}}`, nil, 2},
		"one id":                  {`{a: conversation(id: ` + one + `) {id} b: conversation(id: ` + one + `) {id}}`, nil, 1},
		"one id in two spellings": {`{a: conversation(id: ` + one + `) {id} b: conversation(id: ` + strings.ToUpper(one) + `) {id}}`, nil, 1},
		"an id that may differ":   {`query($id: ID!) {a: conversation(id: ` + one + `) {id} b: conversation(id: $id) {id}}`, nil, 1},
		"an id that differs":      {`query($id: ID!) {a: conversation(id: ` + one + `) {id} b: conversation(id: $id) {id}}`, map[string]any{"id": "x"}, 2},
		"two pages":               {`{a: conversations(first: 1) {totalCount} b: conversations(first: 2) {totalCount}}`, nil, 1},
		"before a cursor":         {`query($c: String) {conversations(before: $c) {totalCount}}`, nil, 0},
		"on a page":               {`{conversation(id: ` + one + `) {id} conversations {totalCount} viewer {id}}`, nil, 2},
		"below":                   {`{conversation(id: ` + one + `) {members {user {id}} messages {totalCount}}}`, nil, 1},
		"skipped":                 {`{viewer @skip(if: true) {id}}`, nil, 0},
		"introspection":           {`{__schema {queryType {name}}}`, nil, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, errs := g.Parse(test.query)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			got := g.Estimate(document, document.Operations[0], test.variables)
			if got.MinCalls != test.want || got.MinCalls > got.MaxCalls {
				t.Errorf("want %d, got %+v", test.want, got)
			}
		})
	}
}

// @cost(least:) is at most @cost(weight:), and only root fields have it.
func TestCosts_Minimum(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	found := 0
	for parent, fields := range g.costs {
		for name, cost := range fields {
			if cost.least == 0 {
				continue
			}
			found++
			if cost.least > cost.calls || parent != "Query" && parent != "Mutation" {
				t.Errorf("%s.%s: minimum %v, maximum %v", parent, name, cost.least, cost.calls)
			}
		}
	}
	if found < 4 {
		t.Errorf("found %d fields", found)
	}
}
