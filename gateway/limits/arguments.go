package limits

import (
	"fmt"
	"reflect"
	"strconv"
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
	value, err := literal.Value(e.variables)
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

// requestedSize returns the value of a number or the length of a list. ok is false for null.
func (e *estimator) requestedSize(field *ast.Field, name string) (size float64, ok bool) {
	value := e.valueOf(field, name)
	literal, _ := argument(field, name)
	if value != nil && literal.Kind != ast.ListValue && literal.Kind != ast.Variable && literal.ExpectedType.Elem != nil {
		return 1, true // a single value is a list of one
	}
	return sizeOf(value)
}

func sizeOf(value any) (size float64, ok bool) {
	if value == nil {
		return 0, false
	}
	if list := reflect.ValueOf(value); list.Kind() == reflect.Slice {
		return float64(list.Len()), true
	}
	number, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	if err != nil {
		return 1, true // a single value is a list of one
	}
	return min(max(number, 0), maxCount), true
}
