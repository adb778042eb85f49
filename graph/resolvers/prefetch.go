package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// The calls of the fields of conversations.
const (
	membersCall  = "members"
	messagesCall = "messages"
	unreadCall   = "notifications" // for all conversations
)

// callOf returns the call that a field makes on a conversation, or "" if it makes none or if that depends on what is not
// known of the conversation yet. Fields share their call.
func callOf(field string, parent *rest.Conversation) string {
	switch field {
	case "members":
		return membersCall
	case "messages", "lastText", "reopenedCount", "firstAnsweredAt":
		return messagesCall
	case "closedAt", "closedBy":
		if parent.IsClosed() {
			return messagesCall
		}
	case "isUnread":
		return unreadCall
	}
	return ""
}

// unfetched returns conversations of which only the IDs are known.
func unfetched(ids ...string) []*rest.Conversation {
	list := make([]*rest.Conversation, len(ids))
	for i, id := range ids {
		list[i] = &rest.Conversation{ID: id}
	}
	return list
}

// Prefetch starts the upstream calls of a root field before its resolver runs. It returns false if the field's value may
// need further calls.
func Prefetch(ctx context.Context, field *render.Field) bool {
	if field.Collected.Name != "conversation" {
		return false
	}
	arguments := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	id, ok := arguments["id"].(string)
	if !ok || arguments["shortId"] != nil { // its ID is unknown, or the field will be rejected
		return false
	}
	loader.From(ctx).Conversation.Start(ctx, id)
	prefetchFields(ctx, field, unfetched(id)...)
	return !field.Fetches && !slices.ContainsFunc(field.Resolvers, needsMore)
}

// needsMore reports whether a field below a conversation may need calls that prefetchFields does not start.
func needsMore(below render.Resolver) bool {
	return below.AfterResolver || below.Object != "Conversation" || below.Field.Fetches ||
		callOf(below.Collected.Name, &rest.Conversation{}) == ""
}

// prefetchBelow starts the upstream calls of the fields on these conversations, below the field being resolved. Otherwise
// they would start only after the parent's call, although the IDs are known: that costs one more round trip. If a
// conversation is missing, the end of the operation cancels its calls. If the caller's rate limit has no room for all of
// them, it starts none and returns an error: one for the list, instead of one for each conversation behind the limit.
func prefetchBelow(ctx context.Context, parents ...*rest.Conversation) error {
	plan := currentPlan(ctx)
	if plan == nil {
		return nil
	}
	if err := loader.From(ctx).Claim(ctx, countCalls(plan, parents)); err != nil {
		return err
	}
	prefetchFields(ctx, plan, parents...)
	return nil
}

// prefetchBelowOne is like prefetchBelow for one conversation, whose calls every operation has room for.
func prefetchBelowOne(ctx context.Context, id string) {
	if plan := currentPlan(ctx); plan != nil {
		prefetchFields(ctx, plan, unfetched(id)...)
	}
}

// countCalls returns the number of calls that prefetchFields starts.
func countCalls(plan *render.Field, parents []*rest.Conversation) int {
	type key struct{ call, id string }
	calls := map[key]bool{}
	for _, parent := range parents {
		for _, below := range plan.Resolvers {
			call := ""
			if isDirect(below) {
				call = callOf(below.Collected.Name, parent)
			}
			switch call {
			case "":
			case unreadCall:
				calls[key{call: call}] = true
			default:
				calls[key{call, parent.ID}] = true
			}
		}
	}
	return len(calls)
}

// isDirect reports whether a field is one of conversations that need no resolver below the planned field.
func isDirect(below render.Resolver) bool {
	return below.Object == "Conversation" && !below.AfterResolver
}

// prefetchFields starts the upstream calls of the fields on these conversations in a plan.
func prefetchFields(ctx context.Context, plan *render.Field, parents ...*rest.Conversation) {
	for _, below := range plan.Resolvers {
		if isDirect(below) {
			prefetchField(ctx, below.Field, parents...)
		}
	}
}

// prefetchField makes no call that the resolver would not make.
func prefetchField(ctx context.Context, field *render.Field, parents ...*rest.Conversation) {
	name := field.Collected.Name
	arguments, err := argumentsOf(ctx, "Conversation", field)
	if err != nil {
		return // the executor rejects them, too
	}
	loaders := loader.From(ctx)
	for _, parent := range parents {
		switch call := callOf(name, parent); {
		case call == membersCall:
			loaders.Members.Start(ctx, parent.ID)
		case call == messagesCall && (name != "messages" || acceptsPage(parent.ID, arguments)):
			loaders.Messages.Start(ctx, parent.ID)
		case call == unreadCall:
			loaders.StartUnread(ctx)
		}
	}
}

// acceptsPage reports whether the resolver of messages will accept its arguments.
func acceptsPage(conversationID string, arguments map[string]any) bool {
	var filter messageFilter
	filter.includeInternal, _ = arguments["includeInternal"].(bool)
	filter.kinds, _ = arguments["kinds"].([]generated.MessageKind)
	_, err := newMessagePage(conversationID, pageArguments(arguments), filter)
	return err == nil
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
		case below.Object == object && (name == "conversation" || name == "conversationEdge"):
			loaders.Conversation.Start(ctx, conversationID)
		case below.Object == object && (name == "sentMessage" || name == "messageEdge" || name == "editedMessage"):
			loaders.Messages.Start(ctx, conversationID)
		case below.Object == "Conversation" && len(below.Within) > 0 && below.Within[len(below.Within)-1] == object:
			prefetchField(ctx, below.Field, unfetched(conversationID)...)
		}
	}
}
