package limits

import "github.com/vektah/gqlparser/v2/ast"

// dropRepeats takes out of each selection the plain fields that stand there twice. They are one field of the answer
// anyway, and validation would compare each of them with every other. What has arguments, directives or selections of
// its own stays: there is room for far fewer of those within the limit of tokens.
func dropRepeats(document *ast.QueryDocument) {
	for _, operation := range document.Operations {
		operation.SelectionSet = withoutRepeats(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		fragment.SelectionSet = withoutRepeats(fragment.SelectionSet)
	}
}

func withoutRepeats(set ast.SelectionSet) ast.SelectionSet {
	type plain struct{ alias, name string }
	seen := make(map[plain]bool, len(set))
	kept := set[:0]
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			key := plain{selection.Alias, selection.Name}
			isPlain := len(selection.SelectionSet)+len(selection.Arguments)+len(selection.Directives) == 0
			if isPlain && seen[key] {
				continue
			}
			seen[key] = seen[key] || isPlain
			selection.SelectionSet = withoutRepeats(selection.SelectionSet)
		case *ast.InlineFragment:
			selection.SelectionSet = withoutRepeats(selection.SelectionSet)
		}
		kept = append(kept, selection)
	}
	clear(set[len(kept):]) // else they would be kept for as long as the document
	return kept
}
