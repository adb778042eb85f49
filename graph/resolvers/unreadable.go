package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// reportUnreadable adds an error that rows of a list are missing. The plural names the type of the rows.
func reportUnreadable(ctx context.Context, plural string) {
	graphql.AddError(ctx, &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "Some " + plural + " are missing because mStudio returned them in an invalid form.",
	})
}

// historyOf returns the messages of a conversation. It adds an error if some of them are hidden only because mStudio does not
// tell whether they are internal, because the history would look complete without them.
func historyOf(ctx context.Context, conversationID string) ([]rest.Message, error) {
	messages, err := loader.From(ctx).Messages.Load(ctx, conversationID)
	if slices.ContainsFunc(messages, isDoubtful) {
		reportHidden(ctx)
	}
	return messages, err
}

func isDoubtful(message rest.Message) bool { return message.Head().IsDoubtful }

func reportHidden(ctx context.Context) {
	graphql.AddError(ctx, &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "Some messages are hidden because mStudio returned `internal` in an invalid form.",
	})
}
