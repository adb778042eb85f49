package limits

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Estimate is the estimated cost of an operation.
type Estimate struct {
	// MinCalls is the number of calls that the operation makes in any case. It makes none if an argument is rejected.
	MinCalls int
	// MaxCalls is the number of calls if every page is full and no other list exceeds its assumed size.
	MaxCalls int
	// MaxNodes is the number of objects in the result under the same assumptions.
	MaxNodes int
}

// Estimate estimates an operation of a document that Parse has accepted. variables are coerced values or the values
// that will be sent. A missing variable may have any value.
func (c *Checker) Estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) Estimate {
	most := c.estimate(document, operation, variables)
	return Estimate{MinCalls: c.minimum(document, operation, variables), MaxCalls: most.calls, MaxNodes: most.nodes}
}

// minimum counts the calls that an operation starts with. All others depend on the results of those.
func (c *Checker) minimum(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) int {
	e := &estimator{checker: c, document: document, variables: variables}
	root := e.root(operation.Operation)
	started := collector{estimator: e, kind: root, spread: map[string]bool{}, at: map[string]int{}}
	started.collect(operation.SelectionSet)
	if e.steps > maxSteps {
		return 0
	}
	total := 0
	for name, requested := range e.requests(root, started.groups) {
		cost := c.costs[root.Name][name]
		if cost.minimum > 0 && !c.isListed(root, cost, started.groups) {
			total = plus(total, times(cost.minimum, requested.distinct()))
		}
	}
	return total
}

// requests collects, for each root field, the arguments it is selected with.
func (e *estimator) requests(root *ast.Definition, groups []group) map[string]*requests {
	found := map[string]*requests{}
	for _, group := range groups {
		cost, known := e.checker.costs[root.Name][group.field.Name]
		if !known || len(cost.pages) > 0 && (hasArgument(group.field, "before") || e.size(cost, group.field) == 0) {
			continue // there may be no place between the cursors, or no rows, and then only their number causes a call
		}
		if found[group.field.Name] == nil {
			found[group.field.Name] = &requests{keys: map[string]bool{}}
		}
		found[group.field.Name].add(e.requestKey(root, group.field))
	}
	return found
}

func hasArgument(field *ast.Field, name string) bool {
	argument := field.Arguments.ForName(name)
	return argument != nil && argument.Value.Kind != ast.NullValue
}

// requests are the distinct arguments that one field is selected with.
type requests struct {
	keys    map[string]bool
	unclear bool // different keys may cause the same call
}

func (r *requests) add(key string, certain bool) {
	r.keys[key] = true
	r.unclear = r.unclear || !certain
}

// distinct returns the number of different calls that are certain.
func (r *requests) distinct() int {
	if r.unclear {
		return 1
	}
	return len(r.keys)
}

// requestKey returns the field's arguments as a key if all of them are IDs. Otherwise certain is false: other arguments
// may differ and still cause the same call, which is made once.
func (e *estimator) requestKey(root *ast.Definition, field *ast.Field) (key string, certain bool) {
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

// isListed reports whether a page that the operation also selects may contain the object, which then needs no call.
func (c *Checker) isListed(root *ast.Definition, single cost, groups []group) bool {
	return slices.ContainsFunc(groups, func(group group) bool {
		paged := c.costs[root.Name][group.field.Name]
		return slices.ContainsFunc(paged.pages, func(list string) bool {
			return c.costs[paged.kind.Name][list].kind == single.kind
		})
	})
}
