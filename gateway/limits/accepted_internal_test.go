package limits

import (
	"fmt"
	"sync"
	"testing"
)

// An operation is estimated once for all variables with which it costs the same, and again for others.
func TestAccepted(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Nodes: 100})
	document, errs := g.Parse(`query A($first: Int, $filter: ConversationFilter, $all: Boolean!, $id: ID!) {
			conversations(first: $first, filter: $filter) { nodes { id } }
			more: conversations(first: 60) @include(if: $all) { nodes { id } }
			conversation(id: $id) { id }
		}
		query B { conversations(first: 1) { nodes { id } } }`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var accepted Accepted
	for _, step := range []struct {
		operation int
		variables map[string]any
		estimates bool
		exceeded  bool
	}{
		{0, map[string]any{"first": 50, "all": false, "id": "1"}, true, false},
		{0, map[string]any{"first": 50, "all": false, "id": "2"}, false, false},
		{0, map[string]any{"first": 50, "all": true, "id": "1"}, true, true},
		{0, map[string]any{"first": 50, "all": true, "id": "1"}, true, true},
		{0, map[string]any{"first": 1, "all": true, "id": "1"}, true, false},
		{0, map[string]any{"first": 50, "all": false, "id": "1"}, false, false},
		{0, map[string]any{"first": nil, "all": false, "id": "1"}, true, false},
		{0, map[string]any{"all": false, "id": "1"}, true, false},
		{0, map[string]any{"first": 1, "filter": map[string]any{"status": []any{"OPEN"}}, "all": false, "id": "1"}, true, false},
		{0, map[string]any{"first": 1, "filter": map[string]any{"status": []any{"OPEN"}}, "all": false, "id": "1"}, false, false},
		{0, map[string]any{"first": 1, "filter": map[string]any{"status": []any{"OPEN", "CLOSED"}}, "all": false, "id": "1"}, true, false},
		{1, nil, true, false},
		{1, nil, false, false},
	} {
		if knows := accepted.has(document.Operations[step.operation], step.variables); knows == step.estimates {
			t.Errorf("%v: known: %t", step.variables, knows)
		}
		exceeded := accepted.CheckCost(g, document, document.Operations[step.operation], step.variables)
		if (exceeded != nil) != step.exceeded {
			t.Errorf("%v: %v", step.variables, exceeded)
		}
	}
}

// A variable that matters only with others is part of what is known from then on.
func TestAccepted_ReadLater(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Nodes: 100})
	document, errs := g.Parse(`query($first: Int, $all: Boolean!) { conversations(first: $first) @include(if: $all) { nodes { id } } }`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var accepted Accepted
	for _, step := range []struct {
		first    int
		all      bool
		exceeded bool
	}{{200, false, false}, {10, true, false}, {200, true, true}, {200, false, false}} {
		exceeded := accepted.CheckCost(g, document, document.Operations[0], map[string]any{"first": step.first, "all": step.all})
		if (exceeded != nil) != step.exceeded {
			t.Errorf("%v: %v", step, exceeded)
		}
	}
}

// Variables are a client's, so only a few are remembered.
func TestAccepted_IsBounded(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	document, errs := g.Parse(`query($filter: ConversationFilter) { conversations(first: 1, filter: $filter) { nodes { id } } }`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var accepted Accepted
	for i := range 100 {
		search := map[string]any{"filter": map[string]any{"search": fmt.Sprint("text ", i)}}
		if exceeded := accepted.CheckCost(g, document, document.Operations[0], search); exceeded != nil {
			t.Fatal(exceeded)
		}
		if len(accepted.hashes) > maxAccepted {
			t.Fatalf("%d are remembered", len(accepted.hashes))
		}
	}
	if !accepted.has(document.Operations[0], map[string]any{"filter": map[string]any{"search": "text 99"}}) {
		t.Error("nothing is remembered")
	}
}

// Operations of one document run concurrently, with other variables each time.
func TestAccepted_Concurrent(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Nodes: 100})
	document, errs := g.Parse(`query($first: Int, $more: Int, $all: Boolean!) {
		conversations(first: $first) { nodes { id } } more: conversations(first: $more) @include(if: $all) { nodes { id } }
	}`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var accepted Accepted
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() {
			for i := range 500 {
				first, more, all := 1+(worker*i)%100, 1+i%100, i%3 > 0
				exceeded := accepted.CheckCost(g, document, document.Operations[0], map[string]any{"first": first, "more": more, "all": all})
				if want := g.CheckCost(document, document.Operations[0], map[string]any{"first": first, "more": more, "all": all}); (exceeded == nil) != (want == nil) {
					t.Errorf("%d, %d, %t: %v, want %v", first, more, all, exceeded, want)
				}
			}
		})
	}
	running.Wait()
}
