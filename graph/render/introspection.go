package render

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
)

// applicable returns the result of an introspection field, or nil if the field does not apply to the kind of the type.
// gqlgen has empty lists and false there.
func applicable(field *graphql.FieldContext, result any) any {
	if field.Object != "__Type" || field.Parent == nil {
		return result
	}
	of, ok := field.Parent.Result.(*introspection.Type)
	if !ok {
		return result
	}
	kind := ast.DefinitionKind(of.Kind())
	applies := true
	switch field.Field.Name {
	case "fields", "interfaces":
		applies = kind == ast.Object || kind == ast.Interface
	case "possibleTypes":
		applies = kind == ast.Union || kind == ast.Interface
	case "enumValues":
		applies = kind == ast.Enum
	case "inputFields", "isOneOf":
		applies = kind == ast.InputObject
	}
	if !applies {
		return nil
	}
	return result
}
