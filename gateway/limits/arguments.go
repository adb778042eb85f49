package limits

import (
	"reflect"
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

// valueOf evaluates the argument, or the member of it at the path name. It returns nil if there is none.
func (e *estimator) valueOf(field *ast.Field, name string) any {
	literal, path := argument(field, name)
	if literal == nil {
		return nil
	}
	value, err := e.evaluate(literal)
	if err != nil {
		return maxCount // a number that no integer can hold
	}
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// isGiven reports whether an argument, or the member of it at the path name, is neither null nor false nor an empty list.
func (e *estimator) isGiven(field *ast.Field, name string) bool {
	given := e.valueOf(field, name)
	value := reflect.ValueOf(given)
	return value.IsValid() && given != false && (value.Kind() != reflect.Slice || value.Len() > 0)
}
