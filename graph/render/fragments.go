package render

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// fragments looks for fragments that select fields of an object type.
type fragments struct {
	operation *graphql.OperationContext
	of        *Type
	own       string   // the abstract type whose possible types include of
	seen      []string // named fragments
}

// name reports whether a fragment in the set applies to the type and not to all possible types of its parent. It follows
// fragments that do.
func (f *fragments) name(set ast.SelectionSet) bool {
	return slices.ContainsFunc(set, func(selection ast.Selection) bool {
		var condition, spread string
		var within ast.SelectionSet
		switch selection := selection.(type) {
		case *ast.InlineFragment:
			condition, within = selection.TypeCondition, selection.SelectionSet
		case *ast.FragmentSpread:
			if slices.Contains(f.seen, selection.Name) {
				return false
			}
			spread = selection.Name
			condition, within = selection.Definition.TypeCondition, selection.Definition.SelectionSet
		}
		if within == nil || len(graphql.CollectFields(f.operation, ast.SelectionSet{selection}, f.of.Satisfies)) == 0 {
			return false
		}
		f.seen = append(f.seen, spread) // not if skipped, because another spread of it may be included
		return (condition != "" && condition != f.own || f.name(within))
	})
}
