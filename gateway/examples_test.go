package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// callsOfExamples says how many calls of mStudio's REST API each operation of examples/ makes, as the README says.
func callsOfExamples() map[string]int {
	return map[string]int{
		"inbox":  21,
		"ticket": 3,
		// Without files; with each, there are three more: to upload it, and to link to it.
		"answer_with_attachment": 2,
	}
}

// TestExamples runs every operation of examples/ as the agency, and counts what it costs.
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
	door, upstream := start(t, gateway.Config{})
	answer := door.Query(t, gatewaytest.Token(), example.Query, variables)
	if got := decode[struct{ Errors []any }](t, answer.Body); len(got.Errors) != 0 {
		t.Errorf("errors: %v", got.Errors)
	}
	if calls := upstream.TakeCalls(); len(calls) != want {
		t.Errorf("want %d calls, got %d:\n%s", want, len(calls), strings.Join(calls, "\n"))
	}
}
