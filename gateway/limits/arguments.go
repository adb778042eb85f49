package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// argument returns the value of an argument, or nil if the argument is absent. A name such as "input.ids" is a path into
// an input object. If the path reaches a variable, argument returns the variable and the rest of the path.
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

// lookup returns the value at a path within a variable's value, or nil if the path leads nowhere.
func lookup(value any, path []string) any {
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}
