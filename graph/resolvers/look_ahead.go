package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
)

// wanted is which calls the selections on a conversation will need.
type wanted struct{ messages, members bool }

// startBelow starts the calls that the selections on a conversation need, for each of these ids. Without it they
// would start when their parent has been answered: one more latency for nothing, since the ids are known already.
// If a conversation turns out to be missing, nobody asks for what was started, and the operation's end cancels it.
func startBelow(ctx context.Context, selections []ast.SelectionSet, ids ...string) {
	want := wants(graphql.GetOperationContext(ctx), selections)
	loaders := loader.From(ctx)
	for _, id := range ids {
		if want.messages {
			loaders.StartMessages(ctx, id)
		}
		if want.members {
			loaders.StartMembers(ctx, id)
		}
	}
}

// fieldSelections returns what is selected on the field that is being resolved.
func fieldSelections(ctx context.Context) []ast.SelectionSet {
	return []ast.SelectionSet{graphql.GetFieldContext(ctx).Field.Selections}
}

// nodeSelections returns what is selected on the conversations of the connection that is being resolved.
func nodeSelections(ctx context.Context) []ast.SelectionSet {
	operation := graphql.GetOperationContext(ctx)
	var selections []ast.SelectionSet
	for _, field := range graphql.CollectFieldsCtx(ctx, []string{"ConversationConnection"}) {
		switch field.Name {
		case "nodes":
			selections = append(selections, field.Selections)
		case "edges":
			for _, below := range graphql.CollectFields(operation, field.Selections, []string{"ConversationEdge"}) {
				selections = append(selections, below.Selections)
			}
		}
	}
	return selections
}

func wants(operation *graphql.OperationContext, selections []ast.SelectionSet) wanted {
	var want wanted
	for _, selection := range selections {
		for _, field := range graphql.CollectFields(operation, selection, []string{"Conversation", "Node"}) {
			switch field.Name {
			case "messages":
				want.messages = want.messages || canResolve(operation, field)
			case "members":
				want.members = true
			}
		}
	}
	return want
}

// canResolve reports whether the page arguments are good: a field that will be refused must not cost a call.
func canResolve(operation *graphql.OperationContext, field graphql.CollectedField) bool {
	given := field.ArgumentMap(operation.Variables)
	arguments := model.PageArguments{First: intArgument(given["first"]), Last: intArgument(given["last"])}
	return arguments.Check() == nil
}

func intArgument(value any) *int32 {
	if value == nil {
		return nil
	}
	number, err := graphql.UnmarshalInt32(value)
	if err != nil {
		return nil
	}
	return &number
}
