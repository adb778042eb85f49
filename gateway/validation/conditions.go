package validation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// NullCondition returns the name of a variable of the operation that is null and occurs in @skip or @include, or "".
func NullCondition(document *ast.QueryDocument, operation *ast.OperationDefinition, values map[string]any) string {
	for _, variable := range operation.VariableDefinitions {
		name := variable.Variable
		conditional := func(directive *ast.Directive) bool {
			condition := directive.Arguments.ForName("if")
			return condition != nil && condition.Value.Kind == ast.Variable && condition.Value.Raw == name
		}
		if value, given := values[name]; given && value == nil && anyDirective(document, conditional) {
			return name
		}
	}
	return ""
}

// anyDirective reports whether match returns true for a directive on a selection of the document.
func anyDirective(document *ast.QueryDocument, match func(*ast.Directive) bool) bool {
	var within func(set ast.SelectionSet) bool
	within = func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(set, func(selection ast.Selection) bool {
			switch selection := selection.(type) {
			case *ast.Field:
				return slices.ContainsFunc(selection.Directives, match) || within(selection.SelectionSet)
			case *ast.InlineFragment:
				return slices.ContainsFunc(selection.Directives, match) || within(selection.SelectionSet)
			case *ast.FragmentSpread:
				return slices.ContainsFunc(selection.Directives, match)
			}
			return false
		})
	}
	return slices.ContainsFunc(document.Operations, func(o *ast.OperationDefinition) bool { return within(o.SelectionSet) }) ||
		slices.ContainsFunc(document.Fragments, func(f *ast.FragmentDefinition) bool { return within(f.SelectionSet) })
}
