package render

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/rest"
)

// Executor executes operations by plans. Operations and fields without a plan are left to gqlgen's executor.
type Executor struct {
	graphql.ExecutableSchema
	// Writers render the values of the schema's types.
	Writers Writers
	// Plans holds the plans of documents.
	Plans Plans
	// Prefetch starts upstream calls of root fields.
	Prefetch Prefetch
	// Disabled leaves all rendering to gqlgen's executor.
	Disabled bool
}

// Writers renders values of the schema's types. Package generated implements it.
type Writers interface {
	// Types returns the object types that have writers.
	Types() Schema
	// TypeOf returns the name of the object's type, or "" if the type has no references.
	TypeOf(object rest.Entity) string
	// Root writes the root object of an operation, with a deferred field for each root field.
	Root(ctx context.Context, w *Writer, root string, plan *Object)
	// Event renders an event of a subscription, which resolve returns.
	Event(ctx context.Context, root graphql.CollectedField, resolve graphql.Resolver) graphql.Marshaler
	// Render renders the result of a field's resolver. It returns nil if it cannot, before it has called a resolver.
	Render(ctx context.Context, field *graphql.FieldContext, plan *Field, result any, fetcher Fetcher) graphql.Marshaler
	// Fetch fetches the references that Render would fetch and discards the rendered value.
	Fetch(ctx context.Context, field *graphql.FieldContext, plan *Field, result any, fetcher Fetcher)
}

// Plans returns the plans of a document.
type Plans interface {
	Plans(text string, document *ast.QueryDocument) *PlanCache
}

// Exec returns a handler that executes the operation of ctx once. It calls gqlgen's executor for mutations and for
// queries with a root field that has no plan.
func (e *Executor) Exec(ctx context.Context) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	if e.Disabled || operation.Operation.Operation != ast.Query {
		return e.ExecutableSchema.Exec(ctx)
	}
	root := e.Schema().Query.Name
	plan := e.Plans.Plans(operation.RawQuery, operation.Doc).Operation(e.Writers.Types(), operation, root)
	if plan == nil {
		if IsIntrospection(operation) {
			operation.ResolverMiddleware = introspect
		}
		return e.ExecutableSchema.Exec(ctx)
	}
	return func(ctx context.Context) *graphql.Response {
		w := NewWriter(ctx)
		e.Writers.Root(ctx, w, root, plan)
		return &graphql.Response{Data: w.Data(graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: root}), e.Prefetch)}
	}
}

// IsIntrospection reports whether all root fields are introspection fields. The field middleware has no effect on the
// thousands of fields in their values, because they have no plans and no references.
func IsIntrospection(operation *graphql.OperationContext) bool {
	return !AnyRootField(operation, func(name string) bool { return !strings.HasPrefix(name, "__") })
}

func introspect(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if err := CheckNulls(field.Field, graphql.GetOperationContext(ctx).Variables); err != nil {
		return nil, err
	}
	result, err := next(ctx)
	return applicable(field, result), err
}
