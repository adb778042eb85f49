package render

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// arguments are those of a field in whose document they are written out. They are the same for every object and every
// operation, so they are read once. They are shared: no resolver may change what it is given.
type arguments struct {
	sent, read atomic.Pointer[map[string]any]
}

func newArguments(field graphql.CollectedField) *arguments {
	if slices.ContainsFunc(field.Arguments, func(argument *ast.Argument) bool { return varies(argument.Value) }) {
		return nil
	}
	return &arguments{}
}

// varies reports whether a variable is in a value.
func varies(value *ast.Value) bool {
	return value.Kind == ast.Variable || slices.ContainsFunc(value.Children, func(child *ast.ChildValue) bool { return varies(child.Value) })
}

// ArgumentMap returns the arguments as they were sent, with the schema's defaults. They are not to be changed.
func (f *Field) ArgumentMap(variables map[string]any) map[string]any {
	if f.arguments == nil {
		return f.Collected.ArgumentMap(variables)
	}
	if kept := f.arguments.sent.Load(); kept != nil {
		return *kept
	}
	sent := f.Collected.ArgumentMap(nil)
	f.arguments.sent.Store(&sent)
	return sent
}

// Context returns what the executor knows of a field while its resolver runs. read is the executor's own way to it, which
// is taken as long as there are no arguments to reuse.
func (f *Field) Context(ctx context.Context, object string, read func(context.Context, graphql.CollectedField) (*graphql.FieldContext, error)) (*graphql.FieldContext, error) {
	if f.arguments == nil {
		return read(ctx, f.Collected)
	}
	if kept := f.arguments.read.Load(); kept != nil {
		return &graphql.FieldContext{Object: object, Field: f.Collected, Args: *kept, IsMethod: true, IsResolver: true}, nil
	}
	field, err := read(ctx, f.Collected)
	if err == nil {
		f.arguments.read.Store(&field.Args)
	}
	return field, err
}
