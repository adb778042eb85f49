package gateway_test

import (
	"encoding/json"
	"testing"

	"mstudio-graphql/examples"
)

// TestExamplesComeWithTheirVariables holds the variables that the playground shows against those that are tried.
func TestExamplesComeWithTheirVariables(t *testing.T) {
	t.Parallel()
	all, err := examples.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range all {
		if example.Variables == "" {
			continue
		}
		want, err := json.Marshal(everyExample()[example.Name].variables)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, example.Name, decode[map[string]any](t, want), decode[map[string]any](t, []byte(example.Variables)))
	}
}
