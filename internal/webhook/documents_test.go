package webhook

import (
	"testing"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

// The operations are valid, and an event costs one call: that for the history.
func TestDocuments(t *testing.T) {
	t.Parallel()
	checks, err := limits.New(view.Public(generated.NewExecutableSchema(generated.Config{}).Schema()), limits.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		text      string
		variables map[string]any
		calls     int
	}{
		"inbox":   {inboxChanged, map[string]any{"content": true}, 1},
		"list":    {listConversations, map[string]any{}, 1},
		"history": {readHistory, map[string]any{"id": "1", "content": true}, 2},
	} {
		document, errs := checks.Parse(test.text)
		if len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		if estimate := checks.Estimate(document, document.Operations[0], test.variables); estimate.TypicalCalls != test.calls {
			t.Errorf("%s typically makes %d calls", name, estimate.TypicalCalls)
		}
	}
}
