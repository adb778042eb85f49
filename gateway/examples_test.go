package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// cost is the number of calls of an operation in examples/.
type cost struct {
	calls  int // as documented in the README
	hidden int // referenced objects that the agency may not read
}

func costOfExamples() map[string]cost {
	return map[string]cost{
		// Customers, projects and two pages of open conversations, concurrently.
		"agency_dashboard": {calls: 4},
		"answer":           {calls: 4},
		// Without files. Each file needs three more calls: to upload it, and to link to it.
		"answer_with_attachment": {calls: 2},
		"close_tickets":          {calls: 4},
		// One page of 92 conversations, with members and messages of each.
		"export_for_review": {calls: 185},
		// The list, 20 lists of messages, and the references: the list of projects, one that is missing in it, four
		// customers.
		"inbox":       {calls: 27, hidden: 4},
		"open_ticket": {calls: 3},
		// Conversation, members and messages concurrently, then the project and access to two files.
		"ticket": {calls: 6},
		// All five pages, because mStudio cannot filter by either condition.
		"waiting_for_me": {calls: 5},
	}
}

// TestExamples runs every operation of examples/ as the agency and counts its calls.
func TestExamples(t *testing.T) {
	t.Parallel()
	all, err := examples.All()
	if err != nil || len(all) != len(costOfExamples()) {
		t.Fatalf("want %d examples, got %v, %v", len(costOfExamples()), all, err)
	}
	for _, example := range all {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()
			runExample(t, example, costOfExamples()[example.Name])
		})
	}
}

func runExample(t *testing.T, example examples.Example, want cost) {
	t.Helper()
	variables := map[string]any{}
	if example.Variables != "" {
		if err := json.Unmarshal([]byte(example.Variables), &variables); err != nil {
			t.Fatal(err)
		}
	}
	server, upstream := start(t, gateway.Config{})
	errs := checkErrors(t, server.Query(t, gatewaytest.Token(), example.Query, variables))
	if len(errs) != want.hidden {
		t.Errorf("errors: %v", errs)
	}
	for _, err := range errs {
		if code := err.code(); code != "FORBIDDEN" && code != "NOT_FOUND" {
			t.Errorf("an error that is no hidden object: %v", err)
		}
	}
	if calls := upstream.TakeCalls(); len(calls) != want.calls {
		t.Errorf("want %d calls, got %d:\n%s", want.calls, len(calls), strings.Join(calls, "\n"))
	}
}
