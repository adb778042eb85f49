package limits

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// callKey returns a text that fields share if they have the same name and the same arguments. As in validation, neither
// the order of arguments nor that of an object's members matters.
func callKey(field *ast.Field) string {
	arguments := &ast.Value{Kind: ast.ObjectValue, Raw: field.Name}
	for _, argument := range field.Arguments {
		arguments.Children = append(arguments.Children, &ast.ChildValue{Name: argument.Name, Value: argument.Value})
	}
	var key strings.Builder
	writeKey(&key, arguments)
	return key.String()
}

func writeKey(key *strings.Builder, value *ast.Value) {
	children := value.Children
	if value.Kind == ast.ObjectValue {
		children = slices.Clone(children)
		slices.SortStableFunc(children, func(a, b *ast.ChildValue) int { return cmp.Compare(a.Name, b.Name) })
	}
	// With the lengths, no text of a value can look like another value.
	fmt.Fprintf(key, "%d %d %s %d ", value.Kind, len(value.Raw), value.Raw, len(children))
	for _, child := range children {
		key.WriteString(child.Name + ":")
		writeKey(key, child.Value)
	}
}
