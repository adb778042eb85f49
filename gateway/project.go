package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/project"
)

// projectFields lets the projector render what resolvers return. A marshaler in place of a result is written by the
// executor as it is.
func projectFields(projector *generated.Projector, kept *documents) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		result, err := next(ctx)
		field := graphql.GetFieldContext(ctx)
		if err != nil || result == nil || !field.IsResolver {
			return result, err
		}
		plan := planOf(ctx, projector, kept, field)
		if plan == nil {
			return result, nil
		}
		if rendered := projector.Render(ctx, field, plan, result); rendered != nil {
			return rendered, nil
		}
		return result, nil
	}
}

// planOf returns the plan of a field with a resolver, nil if there is none.
func planOf(ctx context.Context, projector *generated.Projector, kept *documents, field *graphql.FieldContext) *project.Field {
	if field.Parent == nil || field.Parent.Parent != nil {
		return project.Below(ctx, field)
	}
	operation := graphql.GetOperationContext(ctx)
	plans := kept.plans(operation.RawQuery, operation.Doc)
	return plans.Root(projector.Types(), operation, field.Object, field.Field)
}
