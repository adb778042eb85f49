package validation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

// NullCondition returns an error if a variable is null and controls @skip or @include in the operation. A nullable variable
// with a default may control them, but a client can still send null, on which gqlgen panics.
func NullCondition(operation *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	var found *ast.VariableDefinition
	isNull := func(directive *ast.Directive) bool {
		condition := directive.Arguments.ForName("if")
		if condition == nil || condition.Value.Kind != ast.Variable {
			return false
		}
		name := condition.Value.Raw
		if value, given := values[name]; given && value == nil {
			found = operation.VariableDefinitions.ForName(name)
		}
		return found != nil
	}
	if !anyDirective(operation.SelectionSet, map[string]bool{}, isNull) {
		return nil
	}
	return variableError(model.CodeBadUserInput, found, nil, "controls @skip or @include and must not be null.")
}

// anyDirective reports whether match returns true for a directive on a selection of the set or below it. It visits each
// fragment once and adds it to seen.
func anyDirective(set ast.SelectionSet, seen map[string]bool, match func(*ast.Directive) bool) bool {
	return slices.ContainsFunc(set, func(selection ast.Selection) bool {
		switch selection := selection.(type) {
		case *ast.Field:
			return slices.ContainsFunc(selection.Directives, match) || anyDirective(selection.SelectionSet, seen, match)
		case *ast.InlineFragment:
			return slices.ContainsFunc(selection.Directives, match) || anyDirective(selection.SelectionSet, seen, match)
		case *ast.FragmentSpread:
			isNew := !seen[selection.Name]
			seen[selection.Name] = true
			return slices.ContainsFunc(selection.Directives, match) || isNew && anyDirective(selection.Definition.SelectionSet, seen, match)
		}
		return false
	})
}
