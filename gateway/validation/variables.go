package validation

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

// Variables coerces the variables of an operation, with numbers as [json.Number], to values that gqlgen reads. It is
// CoerceVariableValues of the specification. Errors name the variable and the place in its value.
func (v *Validator) Variables(operation *ast.OperationDefinition, sent map[string]any) (map[string]any, gqlerror.List) {
	values := make(map[string]any, len(operation.VariableDefinitions))
	var errs gqlerror.List
	for _, variable := range operation.VariableDefinitions {
		c := coercion{Validator: v, variable: variable, errs: errs}
		value, given := sent[variable.Variable]
		switch {
		case given:
			values[variable.Variable] = c.value(variable.Type, value)
		case variable.DefaultValue != nil:
			values[variable.Variable], _ = variable.DefaultValue.Value(nil) // valid like the rest of the document
		case variable.Type.NonNull:
			c.reject("of required type %q was not provided.", variable.Type)
		}
		errs = c.errs
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return values, nil
}

// coercion is the coercion of one variable.
type coercion struct {
	*Validator

	variable *ast.VariableDefinition
	path     ast.Path // in the value
	errs     gqlerror.List
}

// reject adds an error about the place at the end of the path.
func (c *coercion) reject(format string, args ...any) {
	if len(c.errs) >= c.maxErrors {
		return
	}
	c.errs = append(c.errs, variableError(model.CodeValidationFailed, c.variable, c.path, fmt.Sprintf(format, args...)))
}

// variableError returns an error about a variable, or about the place at path in its value.
func variableError(code model.Code, variable *ast.VariableDefinition, path ast.Path, problem string) *gqlerror.Error {
	place := append(ast.Path{ast.PathName("$" + variable.Variable)}, path...)
	err := gqlerror.Wrap(&model.Error{Code: code, Message: truncate(`Variable "` + place.String() + `" ` + problem)})
	err.Locations = []gqlerror.Location{{Line: variable.Position.Line, Column: variable.Position.Column}}
	return err
}

// value coerces a value to a type.
func (c *coercion) value(kind *ast.Type, value any) any {
	switch {
	case value == nil && kind.NonNull:
		c.reject("of non-null type %q must not be null.", kind)
		return nil
	case value == nil:
		return nil
	case kind.Elem != nil:
		return c.list(kind.Elem, value)
	}
	of := c.schema.Types[kind.NamedType]
	if object, ok := value.(map[string]any); ok && of.Kind == ast.InputObject {
		return c.object(of, object)
	}
	return c.leaf(of, value)
}

// list coerces each element. A single value is a list of one.
func (c *coercion) list(kind *ast.Type, value any) any {
	elements, ok := value.([]any)
	if !ok {
		return []any{c.value(kind, value)}
	}
	coerced := make([]any, len(elements))
	for i, element := range elements {
		coerced[i] = c.within(ast.PathIndex(i), kind, element)
	}
	return coerced
}

func (c *coercion) object(of *ast.Definition, object map[string]any) any {
	coerced := make(map[string]any, len(object))
	for _, field := range of.Fields {
		if value, given := object[field.Name]; given {
			coerced[field.Name] = c.within(ast.PathName(field.Name), field.Type, value)
		} else if isRequired(field) {
			c.at(ast.PathName(field.Name), func() { c.reject("of required type %q was not provided.", field.Type) })
		}
	}
	if len(coerced) == len(object) {
		return coerced
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, known := coerced[name]; !known {
			c.rejectUnknown(of, name)
		}
	}
	return coerced
}

// rejectUnknown rejects a member. Its name is shown only if it can be one of GraphQL, since a client that sends other
// objects may have data there.
func (c *coercion) rejectUnknown(of *ast.Definition, name string) {
	shown := ast.PathName("?")
	if len(name) <= maxWord && strings.Trim(name, nameLetters) == "" {
		shown = ast.PathName(name)
	}
	c.at(shown, func() {
		c.reject("is not defined by type %q.%s", of.Name, c.suggestField(of, name))
	})
}

func (c *coercion) within(step ast.PathElement, kind *ast.Type, value any) (coerced any) {
	c.at(step, func() { coerced = c.value(kind, value) })
	return coerced
}

// at runs f with a longer path, unless there are enough errors. Each more would be expensive, because of its suggestions.
func (c *coercion) at(step ast.PathElement, f func()) {
	if len(c.errs) >= c.maxErrors {
		return
	}
	c.path = append(c.path, step)
	f()
	c.path = c.path[:len(c.path)-1]
}

// leaf coerces a value to a scalar or an enum.
func (c *coercion) leaf(of *ast.Definition, value any) any {
	kind, raw := literalOf(value)
	if !accepts(of, kind, raw, ast.StringValue) {
		c.reject("must be %s.%s", expectedOf(of), c.suggestValue(of, raw))
		return nil
	}
	switch of.Name {
	case "Int":
		number, _ := strconv.ParseInt(raw, 10, 64)
		return number
	case "Float":
		number, _ := strconv.ParseFloat(raw, 64)
		return number
	case "ID":
		return raw
	}
	return value
}

// literalOf returns the literal that stands for a value in JSON.
func literalOf(value any) (kind ast.ValueKind, raw string) {
	switch value := value.(type) {
	case string:
		return ast.StringValue, value
	case bool:
		return ast.BooleanValue, ""
	case json.Number:
		return numberOf(value.String())
	case map[string]any:
		return ast.ObjectValue, ""
	case []any:
		return ast.ListValue, ""
	case model.Upload:
		return file, ""
	}
	return ast.NullValue, ""
}

// numberOf returns the literal for a number. 1.0 and 1e2 are whole numbers in JSON. JavaScript prints them with an exponent
// from 1e21 on, and so does numberOf: 1e308 would have 309 digits.
func numberOf(text string) (kind ast.ValueKind, raw string) {
	if !strings.ContainsAny(text, ".eE") {
		return ast.IntValue, text
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number != math.Trunc(number) {
		return ast.FloatValue, text
	}
	format := byte('f')
	if math.Abs(number) >= 1e21 {
		format = 'e'
	}
	return ast.IntValue, strconv.FormatFloat(number, format, -1, 64)
}
