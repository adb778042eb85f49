package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// example is an operation of examples/ with what it is tried with.
type example struct {
	variables map[string]any
	calls     int // of mStudio's REST API, as the README says
	hidden    int // objects that the sandbox does not show to the agency, though conversations are about them
}

func everyExample() map[string]example {
	return map[string]example{
		// The list, 20 histories, and what they are about: the list of projects, one that is not on it, four customers.
		"inbox": {calls: 27, hidden: 4},
		// Conversation, members and history at the same time, then the project and access to two files.
		"ticket": {map[string]any{"id": "ce860f6e-8809-5200-abeb-19a2db25575b"}, 6, 0},
		// Customers, projects and two pages of open conversations, all at the same time.
		"agency_dashboard": {calls: 4},
		// All five pages: mStudio can filter by neither condition.
		"waiting_for_me": {calls: 5},
		// One page of 92 conversations, with members and history of each.
		"export_for_review": {map[string]any{"search": "ssl"}, 185, 0},
		// Without files; with each, there are three more: to upload it, and to link to it.
		"answer_with_attachment": {map[string]any{"conversationId": shortID, "content": "Danke!", "files": []any{}}, 2, 0},
		// The history to compare with, the message, and the conversation and the history as they are then.
		"answer":        {map[string]any{"ticket": shortID, "text": "Danke!", "seen": "2fbe0298-b9cf-5c60-bdda-27d0fd5828a0"}, 4, 0},
		"close_tickets": {map[string]any{"tickets": []string{shortID, otherID}}, 4, 0},
		"open_ticket":   {map[string]any{"title": "Frage", "message": "Wer hilft?", "project": unknownID}, 3, 0},
	}
}

// TestExamples runs every operation of examples/ as the agency, and counts what it costs.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../examples/*.graphql")
	if err != nil || len(files) != len(everyExample()) {
		t.Fatalf("want the %d examples, got %v, %v", len(everyExample()), files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".graphql")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runExample(t, file, everyExample()[name])
		})
	}
}

func runExample(t *testing.T, file string, tried example) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	door, upstream := start(t, gateway.Config{})
	answer := door.Query(t, gatewaytest.Token(), string(text), tried.variables)
	errs := checkErrors(t, answer)
	if len(errs) != tried.hidden {
		t.Errorf("errors: %v", errs)
	}
	for _, err := range errs {
		if code := err.code(); code != "FORBIDDEN" && code != "NOT_FOUND" {
			t.Errorf("an error that is no hidden object: %v", err)
		}
	}
	if calls := upstream.TakeCalls(); len(calls) != tried.calls {
		t.Errorf("want %d calls, got %d:\n%s", tried.calls, len(calls), strings.Join(calls, "\n"))
	}
}
