package render

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// arguments holds the arguments of a field that uses no variables. They are the same for each object and operation, so
// they are read once and shared. Resolvers must not modify them.
type arguments struct {
	sent, unmarshaled atomic.Pointer[map[string]any]
}

// newArguments returns nil if an argument uses a variable.
func newArguments(field graphql.CollectedField) *arguments {
	if slices.ContainsFunc(field.Arguments, func(argument *ast.Argument) bool { return varies(argument.Value) }) {
		return nil
	}
	return &arguments{}
}

// varies reports whether a value contains a variable.
func varies(value *ast.Value) bool {
	return value.Kind == ast.Variable || slices.ContainsFunc(value.Children, func(child *ast.ChildValue) bool { return varies(child.Value) })
}

// ArgumentMap returns the arguments as sent by the client, with the schema's defaults. The caller must not modify them.
func (f *Field) ArgumentMap(variables map[string]any) map[string]any {
	if f.arguments == nil {
		return f.Collected.ArgumentMap(variables)
	}
	if sent := f.arguments.sent.Load(); sent != nil {
		return *sent
	}
	sent := f.Collected.ArgumentMap(nil)
	f.arguments.sent.Store(&sent)
	return sent
}

// Arguments returns the arguments as the resolver gets them. It calls read, gqlgen's own function, unless they have been read
// before. The caller must not modify them.
func (f *Field) Arguments(variables map[string]any, read func(sent map[string]any) (map[string]any, error)) (map[string]any, error) {
	if f.arguments == nil {
		return read(f.ArgumentMap(variables))
	}
	if args := f.arguments.unmarshaled.Load(); args != nil {
		return *args, nil
	}
	args, err := read(f.ArgumentMap(variables))
	if err == nil && args != nil {
		f.arguments.unmarshaled.Store(&args)
	}
	return args, err
}

// Context returns gqlgen's context of the field for its resolver. It calls read, gqlgen's own function, unless the
// arguments have been read before.
func (f *Field) Context(ctx context.Context, object string, read func(context.Context, graphql.CollectedField) (*graphql.FieldContext, error)) (*graphql.FieldContext, error) {
	if f.arguments == nil {
		return read(ctx, f.Collected)
	}
	if args := f.arguments.unmarshaled.Load(); args != nil {
		return &graphql.FieldContext{Object: object, Field: f.Collected, Args: *args, IsMethod: true, IsResolver: true}, nil
	}
	field, err := read(ctx, f.Collected)
	if err == nil {
		f.arguments.unmarshaled.Store(&field.Args)
	}
	return field, err
}
