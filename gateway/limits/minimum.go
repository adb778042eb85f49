package limits

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Needs is what an operation is estimated to need.
type Needs struct {
	// LeastCalls is how many calls it makes in any case, unless an argument is refused: that costs none.
	LeastCalls int
	// Calls is how many it makes if every page is full, and no other list is longer than the schema assumes.
	Calls int
	// Nodes is how many objects its answer then has.
	Nodes int
}

// Estimate returns what an operation of a document needs that the guard has accepted, with the variables as the
// executor has read them, or as they will be given. A variable that is missing stands for anything.
func (g *Guard) Estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) Needs {
	needs := g.estimate(document, operation, variables)
	return Needs{LeastCalls: g.least(document, operation, variables), Calls: needs.calls, Nodes: needs.nodes}
}

// least counts the calls that an operation starts with: all others depend on what those are answered.
func (g *Guard) least(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) int {
	e := &estimator{guard: g, document: document, variables: variables}
	root := e.root(operation.Operation)
	started := collector{estimator: e, kind: root, spread: map[string]bool{}, at: map[string]int{}}
	started.collect(operation.SelectionSet)
	if e.steps > maxSteps {
		return 0
	}
	total := 0
	for name, asked := range e.asks(root, started.groups) {
		price := g.prices[root.Name][name]
		if price.least > 0 && !g.listed(root, price, started.groups) {
			total = plus(total, times(price.least, asked.distinct()))
		}
	}
	return total
}

// asks tells how often each field at the root is asked for in ways that certainly differ.
func (e *estimator) asks(root *ast.Definition, groups []group) map[string]*asks {
	found := map[string]*asks{}
	for _, group := range groups {
		price, priced := e.guard.prices[root.Name][group.field.Name]
		if !priced || len(price.pages) > 0 && e.given(group.field, "before") {
			continue // nothing may be left before a cursor, and then there are no rows to call for
		}
		if found[group.field.Name] == nil {
			found[group.field.Name] = &asks{ways: map[string]bool{}}
		}
		found[group.field.Name].add(e.identity(root, group.field))
	}
	return found
}

func (e *estimator) given(field *ast.Field, name string) bool {
	argument := field.Arguments.ForName(name)
	return argument != nil && argument.Value.Kind != ast.NullValue
}

// asks are the ways in which a field is asked for.
type asks struct {
	ways    map[string]bool
	unclear bool
}

func (a *asks) add(way string, certain bool) {
	a.ways[way] = true
	a.unclear = a.unclear || !certain
}

func (a *asks) distinct() int {
	if a.unclear {
		return 1
	}
	return len(a.ways)
}

// identity returns what tells a field from others of its name: its arguments, if they are ids. Others may mean the
// same though they differ, and equal calls are made once.
func (e *estimator) identity(root *ast.Definition, field *ast.Field) (way string, certain bool) {
	definition := root.Fields.ForName(field.Name)
	var ids []string
	for _, argument := range definition.Arguments {
		given := field.Arguments.ForName(argument.Name)
		if argument.Type.NamedType != "ID" || given == nil {
			return "", false
		}
		id := given.Value.Raw
		if given.Value.Kind == ast.Variable {
			value, ok := e.variables[id].(string)
			if !ok {
				return "", false
			}
			id = value
		}
		ids = append(ids, strings.ToLower(id))
	}
	return strings.Join(ids, " "), true
}

// listed reports whether a field's object may be on a page that the operation asks for as well, so that it need not be
// asked for again.
func (g *Guard) listed(root *ast.Definition, looked price, groups []group) bool {
	return slices.ContainsFunc(groups, func(group group) bool {
		paged := g.prices[root.Name][group.field.Name]
		return slices.ContainsFunc(paged.pages, func(list string) bool {
			return g.prices[paged.kind.Name][list].kind == looked.kind
		})
	})
}
