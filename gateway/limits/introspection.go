package limits

import "github.com/vektah/gqlparser/v2/ast"

// maxIntrospection is the maximum number of values in the results of introspection, about twice those of a tool's
// query for the whole schema. gqlgen's executor renders each value separately, which takes two microseconds.
const maxIntrospection = 22_000

// introspected returns the number of values that a field has on all parents, including the values below. A parent is the
// part of the schema that an object of introspection describes, or nil for Query.
func (e *estimator) introspected(parents []any, group group) float64 {
	if e.steps += len(parents); e.steps > maxSteps {
		return maxCount
	}
	total := float64(len(parents))
	if group.cost.kind.IsCompositeType() {
		var values []any
		for _, parent := range parents {
			values = append(values, e.described(parent, group.field)...)
		}
		total += float64(len(values)) // a field without a value is null
		fields, _ := e.collect(group.cost.kind, group.sets)
		for _, below := range fields {
			total += e.introspected(values, below)
		}
	}
	return min(total*float64(1+len(group.other)), maxCount)
}

// described returns what the objects in a field of introspection describe, including what is deprecated.
func (e *estimator) described(parent any, field *ast.Field) []any {
	schema := e.checker.schema
	switch parent := parent.(type) {
	case nil:
		return e.describedByRoot(field)
	case *ast.Schema:
		return describedBySchema(parent, field.Name)
	case *ast.Definition:
		return describedByDefinition(schema, parent, field.Name)
	case *ast.Type: // with a wrapper
		inner := parent.Elem
		if parent.NonNull {
			inner = &ast.Type{NamedType: parent.NamedType, Elem: parent.Elem}
		}
		if field.Name == "ofType" {
			return []any{referred(schema, inner)}
		}
	case *ast.FieldDefinition:
		if field.Name == "type" {
			return []any{referred(schema, parent.Type)}
		}
		return anys(parent.Arguments) // args
	case *ast.ArgumentDefinition:
		return []any{referred(schema, parent.Type)}
	case *ast.DirectiveDefinition:
		return anys(parent.Arguments)
	}
	return nil
}

func (e *estimator) describedByRoot(field *ast.Field) []any {
	if field.Name == "__schema" {
		return []any{e.checker.schema}
	}
	name, _ := e.evaluate(field.Arguments.ForName("name").Value)
	text, _ := name.(string)
	if definition := e.checker.schema.Types[text]; definition != nil {
		return []any{definition}
	}
	return nil
}

func describedBySchema(schema *ast.Schema, field string) []any {
	var all []any
	switch field {
	case "types":
		for _, definition := range schema.Types {
			all = append(all, definition)
		}
	case "directives":
		for _, directive := range schema.Directives {
			all = append(all, directive)
		}
	case "mutationType":
		return []any{schema.Mutation}
	case "subscriptionType":
		if schema.Subscription != nil {
			return []any{schema.Subscription}
		}
	default:
		return []any{schema.Query}
	}
	return all
}

func describedByDefinition(schema *ast.Schema, definition *ast.Definition, field string) []any {
	isInput := definition.Kind == ast.InputObject
	switch {
	case field == "fields" && !isInput, field == "inputFields" && isInput:
		return anys(definition.Fields)
	case field == "enumValues":
		return anys(definition.EnumValues)
	case field == "possibleTypes" && definition.IsAbstractType():
		return anys(schema.GetPossibleTypes(definition))
	case field == "interfaces":
		interfaces := make([]any, len(definition.Interfaces))
		for i, name := range definition.Interfaces {
			interfaces[i] = schema.Types[name]
		}
		return interfaces
	}
	return nil
}

// referred returns the definition of a type, or the type itself if it has a wrapper.
func referred(schema *ast.Schema, to *ast.Type) any {
	if to.NonNull || to.Elem != nil {
		return to
	}
	return schema.Types[to.NamedType]
}

func anys[T any](values []T) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}
