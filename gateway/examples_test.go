package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// callsOfExamples returns the number of calls of each operation in examples/, as documented in the README.
func callsOfExamples() map[string]int {
	return map[string]int{
		// Customers, projects and two pages of open conversations, concurrently.
		"agency_dashboard": 4,
		"answer":           4,
		// Without files. Each file needs three more calls: to upload it, and to link to it.
		"answer_with_attachment": 2,
		"close_tickets":          4,
		// One page of 92 conversations, with members and messages of each.
		"export_for_review": 185,
		// The list, 20 lists of messages, and the references: the list of projects, one that is missing in it, four
		// customers.
		"inbox":       27,
		"open_ticket": 3,
		// Conversation, members and messages concurrently, then the project and access to two files.
		"ticket": 6,
		// All five pages, because mStudio cannot filter by either condition.
		"waiting_for_me": 5,
	}
}

// TestExamples runs every operation of examples/ as the agency and counts its calls. They must be at least half and at
// most twice the typical number of the estimate.
func TestExamples(t *testing.T) {
	t.Parallel()
	all, err := examples.All()
	if err != nil || len(all) != len(callsOfExamples()) {
		t.Fatalf("want %d examples, got %v, %v", len(callsOfExamples()), all, err)
	}
	for _, example := range all {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()
			runExample(t, example, callsOfExamples()[example.Name])
		})
	}
}

func runExample(t *testing.T, example examples.Example, want int) {
	t.Helper()
	variables := map[string]any{}
	if example.Variables != "" {
		if err := json.Unmarshal([]byte(example.Variables), &variables); err != nil {
			t.Fatal(err)
		}
	}
	server, upstream := start(t, gateway.Config{})
	estimated, _ := explain(t, server, "dry-run", example.Query, variables)
	if *estimated.Typical > 2*want || *estimated.Typical*2 < want {
		t.Errorf("%d calls, but typically %d", want, *estimated.Typical)
	}
	wantErrors(t, server.Query(t, gatewaytest.Token(), example.Query, variables))
	if calls := upstream.TakeCalls(); len(calls) != want {
		t.Errorf("want %d calls, got %d:\n%s", want, len(calls), strings.Join(calls, "\n"))
	}
}
