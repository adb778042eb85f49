package limits

import (
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// CheckCoercion returns an error for the first variable whose value has a string where its type has a number, or nil.
// The specification forbids such strings, but gqlparser accepts numeric strings and gqlgen converts them, so a page
// size sent as a string would escape the estimate.
func (c *Checker) CheckCoercion(operation *ast.OperationDefinition, variables map[string]any) *gqlerror.Error {
	for _, variable := range operation.VariableDefinitions {
		if kind := c.stringForNumber(variable.Type, variables[variable.Variable]); kind != "" {
			err := invalid("cannot use string as " + kind) // gqlparser's message for strings that are not numeric
			err.Path = ast.Path{ast.PathName("variable"), ast.PathName(variable.Variable)}
			return err
		}
	}
	return nil
}

// stringForNumber returns the numeric type for which value has a string, or "".
func (c *Checker) stringForNumber(kind *ast.Type, value any) string {
	name := kind.Name()
	definition := c.schema.Types[name]
	isObject := definition != nil && definition.Kind == ast.InputObject
	switch {
	case value == nil || !isObject && name != "Int" && name != "Float":
		return ""
	case kind.Elem != nil:
		return c.stringInList(kind, reflect.ValueOf(value))
	case isObject:
		return c.stringInObject(definition, value)
	}
	if _, isString := value.(string); isString { // numbers are json.Number
		return name
	}
	return ""
}

// stringInList checks each element. GraphQL also accepts a single value as a list of one.
func (c *Checker) stringInList(kind *ast.Type, list reflect.Value) string {
	if list.Kind() != reflect.Slice {
		return c.stringForNumber(kind.Elem, list.Interface())
	}
	for i := range list.Len() {
		if found := c.stringForNumber(kind.Elem, list.Index(i).Interface()); found != "" {
			return found
		}
	}
	return ""
}

func (c *Checker) stringInObject(definition *ast.Definition, value any) string {
	object, _ := value.(map[string]any)
	for _, field := range definition.Fields {
		if found := c.stringForNumber(field.Type, object[field.Name]); found != "" {
			return found
		}
	}
	return ""
}
