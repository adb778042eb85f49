package limits

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// MinCalls counts the calls that an operation starts with. All others depend on the results of those.
func (c *Checker) MinCalls(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) int {
	e := c.estimator(document, variables)
	root := e.root(operation.Operation)
	groups, _ := e.collect(root, []ast.SelectionSet{operation.SelectionSet})
	if e.steps > maxSteps {
		return 0
	}
	requested := map[string]map[string]bool{} // the IDs that each field is selected with
	for _, group := range groups {
		cost := group.cost
		if cost.least == 0 || e.mayBeEmpty(cost, group.field) || c.isListed(cost, groups) {
			continue
		}
		if requested[group.field.Name] == nil {
			requested[group.field.Name] = map[string]bool{}
		}
		requested[group.field.Name][e.idOf(group.field)] = true
	}
	total := 0
	for name, ids := range requested {
		calls := len(ids)
		if ids[""] { // the calls may be the same
			calls = 1
		}
		total += int(c.costs[root.Name][name].least) * calls
	}
	return total
}

// mayBeEmpty reports whether a page may need no row: there may be no place between its cursors, or its size is 0. Then only
// the number of rows causes a call.
func (e *estimator) mayBeEmpty(cost *cost, field *ast.Field) bool {
	before := field.Arguments.ForName("before")
	return len(cost.pages) > 0 && (before != nil && before.Value.Kind != ast.NullValue || e.sizes(*cost, field).most == 0)
}

// idOf returns the ID that a field is selected with. It returns "" for a field with other arguments, which may differ and
// still cause the same call, and for a variable without a value.
func (e *estimator) idOf(field *ast.Field) string {
	if len(field.Arguments) != 1 {
		return ""
	}
	name := field.Arguments[0].Name
	if field.Definition.Arguments.ForName(name).Type.NamedType != "ID" {
		return ""
	}
	if id := e.valueOf(field, name); id != nil {
		return strings.ToLower(fmt.Sprint(id))
	}
	return ""
}

// isListed reports whether a page that the operation also selects may contain the object, which then needs no call.
func (c *Checker) isListed(single *cost, groups []group) bool {
	return slices.ContainsFunc(groups, func(group group) bool {
		return slices.ContainsFunc(group.cost.pages, func(list string) bool {
			return c.costs[group.cost.kind.Name][list].kind == single.kind
		})
	})
}
