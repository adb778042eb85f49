package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// argument returns the value of an argument, nil if it is not given. A name such as "input.ids" leads into an input
// object: as far as that is written out in the document, and the rest of the way is in the variable that is returned.
func argument(field *ast.Field, name string) (value *ast.Value, path []string) {
	names := strings.Split(name, ".")
	given := field.Arguments.ForName(names[0])
	if given == nil {
		return nil, nil
	}
	value, path = given.Value, names[1:]
	for value != nil && value.Kind == ast.ObjectValue && len(path) > 0 {
		value, path = value.Children.ForName(path[0]), path[1:]
	}
	return value, path
}

// inside returns what a way leads to within the value of a variable, nil if there is nothing.
func inside(value any, path []string) any {
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}
