package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
)

// prefetcher starts the upstream call of a field on one conversation. It makes no call that the resolver would not make.
type prefetcher func(ctx context.Context, loaders *loader.Loaders, id string, arguments map[string]any)

// conversationPrefetcher returns the prefetcher of a field of Conversation, or nil if the field needs no call. Each field
// with @cost has one.
func conversationPrefetcher(field string) prefetcher {
	switch field {
	case "members":
		return func(ctx context.Context, loaders *loader.Loaders, id string, _ map[string]any) {
			loaders.Members.Start(ctx, id)
		}
	case "messages":
		return prefetchMessages
	}
	return nil
}

// prefetchMessages makes no call if the resolver will reject the arguments.
func prefetchMessages(ctx context.Context, loaders *loader.Loaders, id string, arguments map[string]any) {
	includeInternal, _ := arguments["includeInternal"].(bool)
	if _, err := newMessagePage(id, pageArguments(arguments), includeInternal); err == nil {
		loaders.Messages.Start(ctx, id)
	}
}

// Prefetch starts the upstream calls of a root field before its resolver runs. It returns false if the field's value may
// need further calls.
func Prefetch(ctx context.Context, field *render.Field) bool {
	if field.Collected.Name != "conversation" {
		return false
	}
	id, ok := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["id"].(string)
	if !ok { // null
		return true
	}
	loader.From(ctx).Conversation.Start(ctx, id)
	prefetchFields(ctx, field, id)
	return !field.Fetches && !slices.ContainsFunc(field.Resolvers, needsMore)
}

// needsMore reports whether a field below a conversation may need calls that prefetchFields does not start.
func needsMore(below render.Resolver) bool {
	return below.AfterResolver || below.Object != "Conversation" || below.Field.Fetches
}

// prefetchBelow starts the upstream calls of the fields on these conversations, below the field being resolved. Otherwise
// they would start only after the parent's call, although the IDs are known: that costs one more round trip. If a
// conversation is missing, the end of the operation cancels its calls. If the caller's rate limit has no room for all of
// them, it starts none and returns an error: one for the list, instead of one for each conversation behind the limit.
func prefetchBelow(ctx context.Context, ids ...string) error {
	plan := currentPlan(ctx)
	if plan == nil {
		return nil
	}
	if err := loader.From(ctx).Claim(ctx, callsOf(plan)*len(ids)); err != nil {
		return err
	}
	prefetchFields(ctx, plan, ids...)
	return nil
}

// prefetchBelowOne is like prefetchBelow for one conversation, whose calls every operation has room for.
func prefetchBelowOne(ctx context.Context, id string) {
	if plan := currentPlan(ctx); plan != nil {
		prefetchFields(ctx, plan, id)
	}
}

// callsOf returns the number of calls that prefetchFields starts for one conversation.
func callsOf(plan *render.Field) (calls int) {
	for _, below := range plan.Resolvers {
		if below.Object == "Conversation" && !below.AfterResolver && conversationPrefetcher(below.Field.Collected.Name) != nil {
			calls++
		}
	}
	return calls
}

// prefetchFields starts the upstream calls of the fields on these conversations in a plan.
func prefetchFields(ctx context.Context, plan *render.Field, ids ...string) {
	for _, below := range plan.Resolvers {
		if below.Object == "Conversation" && !below.AfterResolver {
			prefetchField(ctx, below.Field, ids...)
		}
	}
}

func prefetchField(ctx context.Context, field *render.Field, ids ...string) {
	prefetch := conversationPrefetcher(field.Collected.Name)
	if prefetch == nil {
		return
	}
	arguments, err := argumentsOf(ctx, "Conversation", field)
	if err != nil {
		return // the executor rejects them, too
	}
	for _, id := range ids {
		prefetch(ctx, loader.From(ctx), id, arguments)
	}
}

// prefetchPayload starts the upstream calls of an object in the payload of a mutation, after its write. The payload may
// be the object itself.
func prefetchPayload(ctx context.Context, conversationID, object string) {
	plan := currentPlan(ctx)
	if plan == nil {
		return
	}
	loaders := loader.From(ctx)
	for _, below := range plan.Resolvers {
		switch name := below.Collected.Name; {
		case below.Object == object && name == "conversation":
			loaders.Conversation.Start(ctx, conversationID)
		case below.Object == object && (name == "sentMessage" || name == "editedMessage"):
			loaders.Messages.Start(ctx, conversationID)
		case below.Object == "Conversation" && len(below.Within) > 0 && below.Within[len(below.Within)-1] == object:
			prefetchField(ctx, below.Field, conversationID)
		}
	}
}

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
	given := field.ArgumentMap(variables)
	return generated.Arguments(ctx, object, field.Collected.Name, given)
}

func pageArguments(arguments map[string]any) (page model.PageArguments) {
	page.First, _ = arguments["first"].(*int32)
	page.Last, _ = arguments["last"].(*int32)
	page.After, _ = arguments["after"].(*string)
	page.Before, _ = arguments["before"].(*string)
	return page
}
