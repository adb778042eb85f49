package limits

import "github.com/vektah/gqlparser/v2/ast"

// dedupe removes repeated plain fields from every selection set. The executor merges them anyway, and validation would
// compare each with every other. Fields with arguments, directives or selections stay: the token limit allows far fewer
// of them.
func dedupe(document *ast.QueryDocument) {
	for _, operation := range document.Operations {
		operation.SelectionSet = dedupeSet(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		fragment.SelectionSet = dedupeSet(fragment.SelectionSet)
	}
}

func dedupeSet(set ast.SelectionSet) ast.SelectionSet {
	type plain struct{ alias, name string }
	seen := make(map[plain]bool, len(set))
	unique := set[:0]
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			key := plain{selection.Alias, selection.Name}
			isPlain := len(selection.SelectionSet)+len(selection.Arguments)+len(selection.Directives) == 0
			if isPlain && seen[key] {
				continue
			}
			seen[key] = seen[key] || isPlain
			selection.SelectionSet = dedupeSet(selection.SelectionSet)
		case *ast.InlineFragment:
			selection.SelectionSet = dedupeSet(selection.SelectionSet)
		}
		unique = append(unique, selection)
	}
	clear(set[len(unique):]) // the cached document would keep the removed fields alive
	return unique
}
