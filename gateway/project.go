package gateway

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
)

// projected executes queries whose root fields all have plans without the executor, and leaves others to it.
type projected struct {
	graphql.ExecutableSchema
	projector *generated.Projector
	kept      *documents
}

// Exec returns what executes an operation, once.
func (p projected) Exec(ctx context.Context) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	if operation.Operation.Operation != ast.Query {
		return p.ExecutableSchema.Exec(ctx)
	}
	root := p.Schema().Query.Name
	plan := p.kept.plans(operation.RawQuery, operation.Doc).Operation(p.projector.Types(), operation, root)
	if plan == nil {
		if isIntrospection(operation) {
			operation.ResolverMiddleware = untouched
		}
		return p.ExecutableSchema.Exec(ctx)
	}
	return func(ctx context.Context) *graphql.Response {
		return &graphql.Response{Data: p.projector.Answer(ctx, root, plan, resolvers.Start)}
	}
}

// isIntrospection reports whether the operation asks for nothing but the schema: for thousands of fields, which have no
// plans and no objects of mStudio, so that the middleware of fields would be called for nothing.
func isIntrospection(operation *graphql.OperationContext) bool {
	return !anyRootField(operation, func(name string) bool { return !strings.HasPrefix(name, "__") })
}

func untouched(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }

// planned gives each field with a resolver its plan, by which the resolver sees what to start early, and lets the
// projector render what the resolver returns. A marshaler in place of a result is written by the executor as it is.
func (g *Gateway) planned(projector *generated.Projector, kept *documents) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		field := graphql.GetFieldContext(ctx)
		if !field.IsResolver && field.Field.Name != "_entities" { // gqlgen takes it for its plugin's
			result, err := next(ctx)
			return completed(ctx, projector, field, result), err
		}
		plan := render.Of(ctx, field)
		if plan == nil && field.Parent != nil && field.Parent.Parent == nil {
			plan = rootPlan(ctx, projector, kept, field)
			ctx = render.With(ctx, plan)
		}
		result, err := next(ctx)
		if err != nil || result == nil {
			return result, err
		}
		if plan == nil || g.config.NoProjector {
			fetchAhead(ctx, projector, field, plan, result)
			return completed(ctx, projector, field, result), nil
		}
		if rendered := projector.Render(ctx, field, plan, result, &fetcher{field: field}); rendered != nil {
			return rendered, nil
		}
		return completed(ctx, projector, field, result), nil
	}
}

// rootPlan returns the plan of a root field, nil if there is none.
func rootPlan(ctx context.Context, projector *generated.Projector, kept *documents, field *graphql.FieldContext) *render.Field {
	operation := graphql.GetOperationContext(ctx)
	plans := kept.plans(operation.RawQuery, operation.Doc)
	return plans.Root(projector.Types(), operation, field.Object, field.Field)
}
