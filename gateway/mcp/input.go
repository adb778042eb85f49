package mcp

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// argumentsOf returns the arguments by name.
func (k *toolkit) argumentsOf(t *tool) map[string]argument {
	arguments := map[string]argument{}
	for _, variable := range t.operation.VariableDefinitions {
		arguments[variable.Variable] = argument{isOptional: isOptional(variable), isList: variable.Type.Elem != nil, description: variable.Description}
	}
	t.eachField(func(field *ast.Field) {
		for _, given := range field.Arguments {
			if given.Value.Kind == ast.Variable {
				a := arguments[given.Value.Raw]
				a.isPage = a.isPage || !a.isList && (given.Name == "first" || given.Name == "last")
				if a.description == "" {
					a.description = field.Definition.Arguments.ForName(given.Name).Description
				}
				arguments[given.Value.Raw] = a
				continue
			}
			k.describeInner(arguments, given.Value)
		}
	})
	return arguments
}

func isOptional(variable *ast.VariableDefinition) bool {
	return !variable.Type.NonNull || variable.DefaultValue != nil
}

// describeInner sets the descriptions of the variables in a literal from its input fields.
func (k *toolkit) describeInner(arguments map[string]argument, value *ast.Value) {
	for _, child := range value.Children {
		if child.Value.Kind != ast.Variable {
			k.describeInner(arguments, child.Value)
			continue
		}
		a := arguments[child.Value.Raw]
		if field := fieldOf(value.Definition, child.Name); a.description == "" && field != nil {
			a.description = field.Description
		}
		arguments[child.Value.Raw] = a
	}
}

func fieldOf(kind *ast.Definition, name string) *ast.FieldDefinition {
	if kind == nil || name == "" {
		return nil
	}
	return kind.Fields.ForName(name)
}

// object is a JSON object.
type object = map[string]any

// inputOf returns the JSON schema of a tool's arguments.
func (k *toolkit) inputOf(t *tool) (json.RawMessage, error) {
	properties, required := object{}, []string{}
	in := &inputs{schema: k.schema, types: object{}}
	for _, variable := range t.operation.VariableDefinitions {
		property, a := in.ofType(variable.Type), t.arguments[variable.Variable]
		switch {
		case a.isPage:
			property["minimum"], property["maximum"] = 1, a.most
		case a.isList:
			property["maxItems"] = a.most
		}
		addText(property, a.description)
		if variable.DefaultValue != nil {
			property["default"], _ = a.defaultOf(variable)
		}
		if !isOptional(variable) {
			required = append(required, variable.Variable)
		}
		properties[variable.Variable] = property
	}
	schema := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	if len(in.types) > 0 {
		schema["$defs"] = in.types
	}
	return json.Marshal(schema)
}

// addText puts text before the description of a schema.
func addText(schema object, text string) {
	text = strings.Join(strings.Fields(text), " ")
	if own, ok := schema["description"].(string); ok {
		text = strings.TrimSpace(text + " " + own)
	}
	if text != "" {
		schema["description"] = text
	}
}

// inputs turns input types into JSON schemas.
type inputs struct {
	schema *ast.Schema
	types  object // the schemas of input objects, by name
}

func (in *inputs) ofType(kind *ast.Type) object {
	if kind.Elem != nil {
		return object{"type": "array", "items": in.ofType(kind.Elem)}
	}
	return in.named(in.schema.Types[kind.NamedType])
}

func (in *inputs) named(kind *ast.Definition) object {
	switch kind.Kind { //nolint:exhaustive // the others are no inputs
	case ast.Enum:
		return enumSchema(kind)
	case ast.InputObject:
		in.addObject(kind)
		return object{"$ref": "#/$defs/" + kind.Name}
	}
	return scalarSchema(kind.Name)
}

// addObject adds the schema of an input object. It is known before its fields, because types may be recursive.
func (in *inputs) addObject(kind *ast.Definition) {
	if _, known := in.types[kind.Name]; known {
		return
	}
	properties, required := object{}, []string{}
	schema := object{"type": "object", "properties": properties, "additionalProperties": false}
	in.types[kind.Name] = schema
	for _, field := range kind.Fields {
		if field.Type.Name() == "Upload" {
			continue
		}
		property := in.ofType(field.Type)
		addText(property, field.Description)
		if field.Type.NonNull && field.DefaultValue == nil {
			required = append(required, field.Name)
		}
		properties[field.Name] = property
	}
	if len(required) > 0 {
		schema["required"] = required
	}
}

// enumSchema describes each value, because a model chooses by meaning.
func enumSchema(kind *ast.Definition) object {
	values, texts := []string{}, []string{}
	for _, value := range kind.EnumValues {
		values = append(values, value.Name)
		if value.Description != "" {
			texts = append(texts, fmt.Sprintf("%s: %s", value.Name, strings.Join(strings.Fields(value.Description), " ")))
		}
	}
	schema := object{"type": "string", "enum": values}
	addText(schema, strings.Join(texts, " "))
	return schema
}

func scalarSchema(name string) object {
	switch name {
	case "Int":
		return object{"type": "integer", "minimum": math.MinInt32, "maximum": math.MaxInt32}
	case "Float":
		return object{"type": "number"}
	case "Boolean":
		return object{"type": "boolean"}
	case "DateTime":
		return object{"type": "string", "format": "date-time"}
	case "URL":
		return object{"type": "string", "format": "uri"}
	}
	return object{"type": "string"}
}
