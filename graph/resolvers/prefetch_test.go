package resolvers

import (
	"testing"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Each field of Conversation that needs a call is prefetched.
func TestCallOf_AllFieldsWithCost(t *testing.T) {
	t.Parallel()
	closed := &rest.Conversation{Status: rest.StatusClosed}
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: Root{}}).Schema()
	for _, field := range schema.Types["Conversation"].Fields {
		hasCost := field.Directives.ForName("cost") != nil
		if hasCall := callOf(field.Name, closed) != ""; hasCall != hasCost {
			t.Errorf("Conversation.%s: has @cost %t, has a call %t", field.Name, hasCost, hasCall)
		}
	}
}

// The arguments of prefetched fields are those that the resolvers get.
func TestArguments(t *testing.T) {
	t.Parallel()
	arguments, err := generated.Arguments(t.Context(), "Customer", "conversations", map[string]any{
		"first": int64(3), "after": "x", "filter": map[string]any{"search": "mail", "states": "OPEN"},
		"orderBy": map[string]any{"field": "TITLE", "direction": "DESC"},
	})
	if err != nil {
		t.Fatal(err)
	}
	page := pageArguments(arguments)
	if *page.First != 3 || *page.After != "x" || page.Last != nil || page.Before != nil {
		t.Errorf("got %+v", page)
	}
	filter, _ := arguments["filter"].(*generated.ConversationFilter)
	if filter == nil || *filter.Search != "mail" || len(filter.States) != 1 { // a single value is a list of one
		t.Errorf("got %+v", filter)
	}
	if orderBy, _ := arguments["orderBy"].([]*generated.ConversationOrder); len(orderBy) != 1 || orderBy[0].Field != generated.ConversationOrderFieldTitle {
		t.Errorf("got %+v", orderBy)
	}
	if page := pageArguments(nil); page != (model.PageArguments{}) {
		t.Errorf("without arguments: got %+v", page)
	}
	for object, field := range map[string]string{"Conversation": "messages", "Customer": "projects"} {
		if _, err := generated.Arguments(t.Context(), object, field, map[string]any{"first": "three"}); err == nil {
			t.Errorf("%s.%s: no error", object, field)
		}
	}
}
