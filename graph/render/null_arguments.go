package render

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/model"
)

// CheckNulls returns an error if an argument of the field is a variable that is null although the argument's type does not
// allow it. Validation accepts a nullable variable if it or the argument has a default, but a client can still send null.
// gqlgen's functions would read such a null as the text "null", zero or false.
func CheckNulls(field graphql.CollectedField, variables map[string]any) error {
	for _, argument := range field.Arguments {
		if hasNull(argument.Value, variables) {
			return model.BadInput(fmt.Sprintf("Argument %q has a null where its type does not allow it.", argument.Name))
		}
	}
	return nil
}

func hasNull(value *ast.Value, variables map[string]any) bool {
	if value.Kind == ast.Variable && value.ExpectedType != nil && value.ExpectedType.NonNull {
		sent, given := variables[value.Raw]
		return given && sent == nil
	}
	for _, child := range value.Children {
		if hasNull(child.Value, variables) {
			return true
		}
	}
	return false
}
