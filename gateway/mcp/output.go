package mcp

import (
	"encoding/json"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// outputOf returns the JSON schema of a tool's data.
func (k *toolkit) outputOf(t *tool) (json.RawMessage, error) {
	root := k.schema.Query
	if t.isWrite() {
		root = k.schema.Mutation
	}
	out := &outputs{schema: k.schema, document: t.document}
	return json.Marshal(out.object(root, []ast.SelectionSet{t.operation.SelectionSet}))
}

// outputs turns selections into JSON schemas.
type outputs struct {
	schema   *ast.Schema
	document *ast.QueryDocument
}

// selected is a field of a result: all selections with one response name.
type selected struct {
	key      string
	field    *ast.Field
	sets     []ast.SelectionSet
	optional bool // because of a directive
}

// object returns the schema of an object type.
func (o *outputs) object(kind *ast.Definition, sets []ast.SelectionSet) object {
	var fields []*selected
	for _, set := range sets {
		fields = o.collect(fields, kind, set, false)
	}
	properties, required := object{}, []string{}
	for _, field := range fields {
		if field.field.Name == "__typename" {
			properties[field.key] = object{"enum": []string{kind.Name}}
		} else {
			properties[field.key] = o.ofType(field.field.Definition.Type, field.sets)
		}
		if !field.optional {
			required = append(required, field.key)
		}
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// collect adds the fields that a selection requests of an object type.
func (o *outputs) collect(fields []*selected, kind *ast.Definition, set ast.SelectionSet, optional bool) []*selected {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			fields = add(fields, selection, optional || isConditional(selection.Directives))
		case *ast.InlineFragment:
			if o.applies(selection.TypeCondition, kind) {
				fields = o.collect(fields, kind, selection.SelectionSet, optional || isConditional(selection.Directives))
			}
		case *ast.FragmentSpread:
			if fragment := o.document.Fragments.ForName(selection.Name); o.applies(fragment.TypeCondition, kind) {
				fields = o.collect(fields, kind, fragment.SelectionSet, optional || isConditional(selection.Directives))
			}
		}
	}
	return fields
}

func add(fields []*selected, field *ast.Field, optional bool) []*selected {
	at := slices.IndexFunc(fields, func(known *selected) bool { return known.key == field.Alias })
	if at < 0 {
		return append(fields, &selected{field.Alias, field, []ast.SelectionSet{field.SelectionSet}, optional})
	}
	fields[at].sets = append(fields[at].sets, field.SelectionSet)
	fields[at].optional = fields[at].optional && optional
	return fields
}

func isConditional(directives ast.DirectiveList) bool {
	return directives.ForName("skip") != nil || directives.ForName("include") != nil
}

func (o *outputs) applies(condition string, kind *ast.Definition) bool {
	return condition == "" || slices.ContainsFunc(o.schema.GetPossibleTypes(o.schema.Types[condition]), func(possible *ast.Definition) bool {
		return possible.Name == kind.Name
	})
}

func (o *outputs) ofType(kind *ast.Type, sets []ast.SelectionSet) object {
	var schema object
	if kind.Elem != nil {
		schema = object{"type": "array", "items": o.ofType(kind.Elem, sets)}
	} else {
		schema = o.named(o.schema.Types[kind.NamedType], sets)
	}
	if !kind.NonNull {
		return nullable(schema)
	}
	return schema
}

func (o *outputs) named(kind *ast.Definition, sets []ast.SelectionSet) object {
	switch {
	case kind.Kind == ast.Object:
		return o.object(kind, sets)
	case kind.IsAbstractType():
		return o.abstract(kind, sets)
	case kind.Kind == ast.Enum:
		values := []any{}
		for _, value := range kind.EnumValues {
			values = append(values, value.Name)
		}
		return object{"enum": values}
	}
	switch kind.Name {
	case "Int":
		return object{"type": "integer"}
	case "Float":
		return object{"type": "number"}
	case "Boolean":
		return object{"type": "boolean"}
	}
	return object{"type": "string"}
}

// abstract returns the schema of an interface or a union. Types with the same fields share one.
func (o *outputs) abstract(kind *ast.Definition, sets []ast.SelectionSet) object {
	schemas, known := []object{}, map[string]object{}
	for _, possible := range o.schema.GetPossibleTypes(kind) {
		schema := o.object(possible, sets)
		shape := shapeOf(schema)
		if other, found := known[shape]; found {
			addTypes(other, schema)
			continue
		}
		known[shape] = schema
		schemas = append(schemas, schema)
	}
	if len(schemas) == 1 {
		return schemas[0]
	}
	return object{"anyOf": schemas}
}

// shapeOf returns a text that is equal for schemas that differ only in the names of their types.
func shapeOf(schema object) string {
	properties := object{}
	for key, property := range propertiesOf(schema) {
		if typeNames(property) != nil {
			property = nil
		}
		properties[key] = property
	}
	text, _ := json.Marshal(object{"properties": properties, "required": schema["required"]}) //nolint:errchkjson // only texts
	return string(text)
}

func propertiesOf(schema object) object {
	properties, _ := schema["properties"].(object)
	return properties
}

// typeNames returns the names of types of a property, or nil if it has another meaning.
func typeNames(property any) []string {
	names, _ := property.(object)["enum"].([]string) // the values of an enum are []any
	return names
}

// addTypes adds the names of the types of another schema with the same shape.
func addTypes(schema, other object) {
	properties := propertiesOf(schema)
	for key, property := range properties {
		if names := typeNames(property); names != nil {
			more := typeNames(propertiesOf(other)[key])
			properties[key] = object{"enum": append(names, more...)}
		}
	}
}

// nullable returns a schema that also allows null.
func nullable(schema object) object {
	if kind, ok := schema["type"].(string); ok {
		schema["type"] = []string{kind, "null"}
		return schema
	}
	if values, ok := schema["enum"].([]any); ok {
		return object{"enum": append(values, nil)}
	}
	if schemas, ok := schema["anyOf"].([]object); ok {
		return object{"anyOf": append(schemas, object{"type": "null"})}
	}
	return schema
}
