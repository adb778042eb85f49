package render

import (
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func argument(name string, value *ast.Value) *ast.Argument {
	return &ast.Argument{Name: name, Value: value}
}

func withArguments(arguments ...*ast.Argument) *Field {
	field := &Field{Collected: graphql.CollectedField{Field: &ast.Field{Name: "a", Arguments: arguments, Definition: &ast.FieldDefinition{}}}}
	field.arguments = newArguments(field.Collected)
	return field
}

func TestArguments_ReadOnceUnlessVariable(t *testing.T) {
	t.Parallel()
	number := &ast.Value{Kind: ast.IntValue, Raw: "1"}
	variable := &ast.Value{Kind: ast.Variable, Raw: "v"}
	list := &ast.Value{Kind: ast.ListValue, Children: ast.ChildValueList{{Value: number}, {Value: variable}}}
	for name, test := range map[string]struct {
		field *Field
		reads int
	}{
		"none":              {withArguments(), 1},
		"a number":          {withArguments(argument("n", number)), 1},
		"a variable":        {withArguments(argument("n", number), argument("v", variable)), 3},
		"a nested variable": {withArguments(argument("l", list)), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reads := 0
			read := func(_ context.Context, field graphql.CollectedField) (*graphql.FieldContext, error) {
				reads++
				return &graphql.FieldContext{Object: "O", Field: field, IsMethod: true, IsResolver: true, Args: map[string]any{"read": true}}, nil
			}
			for range 3 {
				got, err := test.field.Context(t.Context(), "O", read)
				if err != nil || got.Args["read"] != true || got.Object != "O" || !got.IsResolver || got.Field.Name != "a" {
					t.Errorf("%+v, %v", got, err)
				}
			}
			if reads != test.reads {
				t.Errorf("want %d reads, got %d", test.reads, reads)
			}
			_, err := test.field.Arguments(nil, func(map[string]any) (map[string]any, error) {
				reads++
				return map[string]any{}, nil
			})
			if wanted := test.reads + test.reads/2; err != nil || reads != wanted {
				t.Errorf("want %d reads with those of Arguments, got %d, %v", wanted, reads, err)
			}
		})
	}
}

func TestArguments_ErrorIsNotStored(t *testing.T) {
	t.Parallel()
	field := withArguments()
	refused := errors.New("no")
	for range 2 {
		_, err := field.Context(t.Context(), "O", func(context.Context, graphql.CollectedField) (*graphql.FieldContext, error) {
			return &graphql.FieldContext{}, refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
	}
}
