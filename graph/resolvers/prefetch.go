package resolvers

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
)

// Start starts the calls of a root field before its resolver runs, and returns false if these may not be all that the
// field's value waits for.
func Start(ctx context.Context, field *render.Field) bool {
	if field.Collected.Name != "conversation" {
		return false
	}
	id, _ := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["id"].(string)
	loader.From(ctx).Conversation.Start(ctx, id)
	startPlanned(ctx, field, []string{id})
	return !field.Fetches && !slices.ContainsFunc(field.Resolvers, startsMore)
}

// startsMore reports whether a field below a conversation waits for more than what startPlanned starts.
func startsMore(below render.Resolver) bool {
	return below.AfterResolver || below.Object != "Conversation" || below.Field.Fetches
}

// startBelow starts the calls that the field being resolved needs on conversations below it, for each of these ids.
// Without it they would start when their parent has been answered: one more latency for nothing, since the ids are
// known already. If a conversation turns out to be missing, nobody asks for what was started, and the operation's end
// cancels it.
func startBelow(ctx context.Context, ids ...string) {
	if plan := render.PlanOf(ctx, graphql.GetFieldContext(ctx)); plan != nil {
		startPlanned(ctx, plan, ids)
	}
}

// startPlanned starts the calls that a field with this plan needs on conversations below it.
func startPlanned(ctx context.Context, plan *render.Field, ids []string) {
	for _, below := range plan.Resolvers {
		if below.Object == "Conversation" && !below.AfterResolver {
			startField(ctx, below.Field, ids...)
		}
	}
}

// startField starts the calls that one field of these conversations needs.
func startField(ctx context.Context, field *render.Field, ids ...string) {
	loaders := loader.From(ctx)
	switch field.Collected.Name {
	case "members":
		for _, id := range ids {
			loaders.Members.Start(ctx, id)
		}
	case "messages":
		startMessages(ctx, loaders, field.ArgumentMap(graphql.GetOperationContext(ctx).Variables), ids)
	}
}

// startMessages leaves out what will be refused for its arguments: a refused field must not cost a call.
func startMessages(ctx context.Context, loaders *loader.Loaders, given map[string]any, ids []string) {
	includeInternal, _ := given["includeInternal"].(bool)
	arguments, err := pageArguments(given)
	if err != nil {
		return
	}
	for _, id := range ids {
		if _, err := newHistoryBounds(id, arguments, includeInternal); err == nil {
			loaders.Messages.Start(ctx, id)
		}
	}
}

// pageArguments reads arguments before the executor does, and as it does.
func pageArguments(given map[string]any) (arguments model.PageArguments, err error) {
	var errs [4]error
	arguments.First, errs[0] = argument(given["first"], graphql.UnmarshalInt32)
	arguments.Last, errs[1] = argument(given["last"], graphql.UnmarshalInt32)
	arguments.After, errs[2] = argument(given["after"], graphql.UnmarshalString)
	arguments.Before, errs[3] = argument(given["before"], graphql.UnmarshalString)
	return arguments, errors.Join(errs[:]...)
}

func argument[T any](value any, read func(any) (T, error)) (*T, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // not given
	}
	given, err := read(value)
	return &given, err
}
