package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// reportUnreadable says that rows of a list are missing, because nothing may vanish silently. The plural says what they
// would be.
func reportUnreadable(ctx context.Context, plural string) {
	graphql.AddError(ctx, &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "Some " + plural + " could not be read and are left out.",
	})
}
