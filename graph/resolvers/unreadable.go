package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// reportUnreadable adds an error that rows of a list are missing. The plural names the type of the rows.
func reportUnreadable(ctx context.Context, plural string) {
	graphql.AddError(ctx, &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "Some " + plural + " are missing because mStudio returned them in an invalid form.",
	})
}
