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
}

func everyExample() map[string]example {
	return map[string]example{
		"inbox":  {nil, 21},
		"ticket": {map[string]any{"id": shortID}, 3},
		// Without files; with each, there are three more: to upload it, and to link to it.
		"answer_with_attachment": {map[string]any{"conversationId": shortID, "content": "Danke!", "files": []any{}}, 2},
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
	if got := decode[struct{ Errors []any }](t, answer.Body); len(got.Errors) != 0 {
		t.Errorf("errors: %v", got.Errors)
	}
	if calls := upstream.TakeCalls(); len(calls) != tried.calls {
		t.Errorf("want %d calls, got %d:\n%s", tried.calls, len(calls), strings.Join(calls, "\n"))
	}
}
