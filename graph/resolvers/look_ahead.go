package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
)

// startBelow starts the calls that the selections on a conversation need, for each of these ids. Without it they
// would start when their parent has been answered: one more latency for nothing, since the ids are known already.
// If a conversation turns out to be missing, nobody asks for what was started, and the operation's end cancels it.
func startBelow(ctx context.Context, selections []ast.SelectionSet, ids ...string) {
	operation, loaders := graphql.GetOperationContext(ctx), loader.From(ctx)
	for _, selection := range selections {
		for _, field := range graphql.CollectFields(operation, selection, []string{"Conversation", "Node"}) {
			switch field.Name {
			case "members":
				for _, id := range ids {
					loaders.StartMembers(ctx, id)
				}
			case "messages":
				startMessages(ctx, loaders, field.ArgumentMap(operation.Variables), ids)
			}
		}
	}
}

// startMessages leaves out what will be refused for its arguments: a refused field must not cost a call.
func startMessages(ctx context.Context, loaders *loader.Loaders, given map[string]any, ids []string) {
	includeInternal, _ := given["includeInternal"].(bool)
	first, firstErr := intArgument(given["first"])
	last, lastErr := intArgument(given["last"])
	if firstErr != nil || lastErr != nil {
		return
	}
	arguments := model.PageArguments{
		First: first, Last: last,
		After: textArgument(given["after"]), Before: textArgument(given["before"]),
	}
	for _, id := range ids {
		if _, err := newHistoryBounds(id, arguments, includeInternal); err == nil {
			loaders.StartMessages(ctx, id)
		}
	}
}

func intArgument(value any) (*int32, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // not given
	}
	number, err := graphql.UnmarshalInt32(value)
	return &number, err
}

func textArgument(value any) *string {
	if text, ok := value.(string); ok {
		return &text
	}
	return nil
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
