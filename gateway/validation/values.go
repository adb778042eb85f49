package validation

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// file is the kind of a file in the variables of a multipart request. No literal has it.
const file ast.ValueKind = -1

// values checks the literals of a document, including default values.
func (c *check) values(observers *core.Events, report core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		if c.isFull() {
			return
		}
		if problem := c.inLiteral(value); problem != "" {
			report(core.Message("%s", problem), core.At(value.Position))
		}
		if value.Kind == ast.ObjectValue && value.Definition != nil && value.Definition.Kind == ast.InputObject {
			c.members(value, report)
		}
	})
}

// inLiteral returns what is wrong with a literal, without its children, or "".
func (c *check) inLiteral(value *ast.Value) string {
	kind := value.ExpectedType
	switch {
	case value.Kind == ast.Variable:
		c.variables = append(c.variables, value)
		return ""
	case value.Definition == nil || kind == nil: // reported elsewhere, or inside of an object of a custom scalar
		if _, err := value.Value(nil); err != nil && value.Kind != ast.ListValue && value.Kind != ast.ObjectValue {
			return "The number is too large."
		}
		return ""
	case value.Kind == ast.NullValue && kind.NonNull:
		return fmt.Sprintf("Expected value of type %q, found null.", kind)
	case value.Kind == ast.NullValue, value.Kind == ast.ListValue && kind.Elem != nil:
		return ""
	case value.Definition.Name == "ID" && value.Kind == ast.IntValue:
		c.ids = append(c.ids, value)
	}
	if accepts(value.Definition, value.Kind, value.Raw, ast.EnumValue) {
		return ""
	}
	return "The value must be " + expectedOf(value.Definition) + "." + c.suggestValue(value.Definition, value.Raw)
}

// members checks the names of the members of an object.
func (c *check) members(object *ast.Value, report core.AddErrFunc) {
	of := object.Definition
	for _, field := range of.Fields {
		if isRequired(field) && object.Children.ForName(field.Name) == nil {
			report(core.Message("Field %q of required type %q was not provided.", of.Name+"."+field.Name, field.Type), core.At(object.Position))
		}
	}
	for _, member := range object.Children {
		if of.Fields.ForName(member.Name) == nil && !c.isFull() {
			report(core.Message("Field %q is not defined by type %q.%s", member.Name, of.Name, c.suggestField(of, member.Name)), core.At(member.Position))
		}
	}
}

func isRequired(field *ast.FieldDefinition) bool {
	return field.Type.NonNull && field.DefaultValue == nil
}

// accepts reports whether a type accepts a value of this kind. The kind of an enum's value differs between literals and
// variables.
func accepts(of *ast.Definition, kind ast.ValueKind, raw string, enum ast.ValueKind) bool {
	isText, isNumber := kind == ast.StringValue || kind == ast.BlockValue, kind == ast.IntValue || kind == ast.FloatValue
	switch {
	case of.Kind == ast.Enum:
		return kind == enum && of.EnumValues.ForName(raw) != nil
	case of.Kind == ast.InputObject, of.Name == "_Any":
		return kind == ast.ObjectValue
	case of.Name == "Int":
		_, err := strconv.ParseInt(raw, 10, 32)
		return kind == ast.IntValue && err == nil
	case of.Name == "Float":
		number, _ := strconv.ParseFloat(raw, 64)
		return isNumber && !math.IsInf(number, 0)
	case of.Name == "String":
		return isText
	case of.Name == "ID":
		return isText || kind == ast.IntValue
	case of.Name == "Boolean":
		return kind == ast.BooleanValue
	case of.Name == "DateTime":
		_, err := time.Parse(time.RFC3339, raw)
		return isText && err == nil
	case of.Name == "Upload":
		return kind == file
	}
	return true
}

// expectedOf describes what a type accepts.
func expectedOf(of *ast.Definition) string {
	switch of.Kind { //nolint:exhaustive // only scalars remain for input
	case ast.Enum:
		return fmt.Sprintf("a value of the enum %q", of.Name)
	case ast.InputObject:
		return fmt.Sprintf("an object of type %q", of.Name)
	}
	return map[string]string{
		"Int": "an Int, a whole number of 32 bits", "Float": "a Float, a number of 64 bits", "String": "a String",
		"ID": "an ID, a String or a whole number", "Boolean": "a Boolean", "_Any": "an object",
		"DateTime": "a DateTime, a time in RFC 3339 such as 2026-08-21T09:30:00Z",
		"Upload":   "a file: a variable that a part of a multipart request is mapped to",
	}[of.Name]
}

// suggestValue suggests values of an enum.
func (v *Validator) suggestValue(of *ast.Definition, typed string) string {
	names := make([]string, len(of.EnumValues))
	for i, value := range of.EnumValues {
		names[i] = value.Name
	}
	return v.suggest(typed, names)
}

// suggestField suggests fields of an input object.
func (v *Validator) suggestField(of *ast.Definition, typed string) string {
	names := make([]string, len(of.Fields))
	for i, field := range of.Fields {
		names[i] = field.Name
	}
	return v.suggest(typed, names)
}
