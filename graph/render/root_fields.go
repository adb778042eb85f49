package render

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// AnyRootField reports whether match returns true for any root field of the operation, including fields in fragments
// and fields removed by @skip or @include.
func AnyRootField(operation *graphql.OperationContext, match func(name string) bool) bool {
	var seen []string // fragments
	var within func(set ast.SelectionSet) bool
	within = func(set ast.SelectionSet) bool {
		for _, selection := range set {
			found := false
			switch selection := selection.(type) {
			case *ast.Field:
				found = match(selection.Name)
			case *ast.InlineFragment:
				found = within(selection.SelectionSet)
			case *ast.FragmentSpread:
				if !slices.Contains(seen, selection.Name) {
					seen = append(seen, selection.Name)
					found = within(selection.Definition.SelectionSet)
				}
			}
			if found {
				return true
			}
		}
		return false
	}
	return within(operation.Operation.SelectionSet)
}
