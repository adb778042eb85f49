package limits

import (
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TextForNumber reports a variable that has a text where its type has a number, nil if there is none. Validation of
// variables lets such a text pass if it can be read as a number, and the executor reads it; the specification allows
// neither. So an operation does not come to run with a size that nobody has counted.
func (g *Guard) TextForNumber(operation *ast.OperationDefinition, variables map[string]any) *gqlerror.Error {
	for _, variable := range operation.VariableDefinitions {
		if kind := g.textForNumber(variable.Type, variables[variable.Variable]); kind != "" {
			mistake := invalid("cannot use string as " + kind) // what validation says of all other texts
			mistake.Path = ast.Path{ast.PathName("variable"), ast.PathName(variable.Variable)}
			return mistake
		}
	}
	return nil
}

// textForNumber returns the type of number that a value has a text for, "" if there is none.
func (g *Guard) textForNumber(kind *ast.Type, value any) string {
	name := kind.Name()
	definition := g.schema.Types[name]
	isObject := definition != nil && definition.Kind == ast.InputObject
	switch {
	case value == nil || !isObject && name != "Int" && name != "Float":
		return ""
	case kind.Elem != nil:
		return g.textInList(kind, reflect.ValueOf(value))
	case isObject:
		return g.textInObject(definition, value)
	}
	if _, isText := value.(string); isText { // a number as it was written has a type of its own
		return name
	}
	return ""
}

// textInList looks at each element. A single value may stand for a list of one.
func (g *Guard) textInList(kind *ast.Type, list reflect.Value) string {
	if list.Kind() != reflect.Slice {
		return g.textForNumber(kind.Elem, list.Interface())
	}
	for i := range list.Len() {
		if found := g.textForNumber(kind.Elem, list.Index(i).Interface()); found != "" {
			return found
		}
	}
	return ""
}

func (g *Guard) textInObject(definition *ast.Definition, value any) string {
	object, _ := value.(map[string]any)
	for _, field := range definition.Fields {
		if found := g.textForNumber(field.Type, object[field.Name]); found != "" {
			return found
		}
	}
	return ""
}
