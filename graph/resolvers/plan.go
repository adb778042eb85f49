package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
)

// currentPlan returns the plan of the field being resolved, or nil if it has none.
func currentPlan(ctx context.Context) *render.Field {
	return render.PlanOf(ctx, graphql.GetFieldContext(ctx))
}

// argumentsOf returns the arguments that the resolver of a field will get.
func argumentsOf(ctx context.Context, object string, field *render.Field) (map[string]any, error) {
	variables := graphql.GetOperationContext(ctx).Variables
	if err := render.CheckNulls(field.Collected, variables); err != nil {
		return nil, err
	}
	return field.Arguments(variables, func(sent map[string]any) (map[string]any, error) {
		return generated.Arguments(ctx, object, field.Collected.Name, sent)
	})
}

func pageArguments(arguments map[string]any) (page model.PageArguments) {
	page.First, _ = arguments["first"].(*int32)
	page.Last, _ = arguments["last"].(*int32)
	page.After, _ = arguments["after"].(*string)
	page.Before, _ = arguments["before"].(*string)
	return page
}
