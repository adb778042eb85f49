package config

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const chartSchema = "../../deploy/helm/mstudio-graphql/values.schema.json"

// The chart accepts the settings that its file may have. It sets the addresses to listen on itself. The names are properties,
// because Helm reports an unknown property with its path, and a wrong propertyName with another path.
func TestOperationsPage_ChartSettings(t *testing.T) {
	t.Parallel()
	settings := map[string]any{}
	for _, flag := range newParser(t, &program{}).Model.Children[0].Flags {
		isOwn := slices.Contains([]string{"config", "help", "listen", "ops-listen", "subgraph-listen", "tls-cert-file", "tls-key-file"}, flag.Name)
		switch {
		case flag.Hidden || isOwn:
		case flag.Enum != "":
			settings[flag.Name] = map[string]any{"enum": flag.EnumSlice()}
		default:
			settings[flag.Name] = map[string]any{"$ref": "#/definitions/setting"}
		}
	}
	list, err := json.MarshalIndent(settings, "      ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	written := readText(t, chartSchema)
	properties := regexp.MustCompile(`(?s)("settings": \{\s*"type": "object",\s*"additionalProperties": false,\s*"properties": )\{.*?\n      \}`)
	want := properties.ReplaceAllString(written, "${1}"+strings.ReplaceAll(string(list), "$", "$$"))
	if *update {
		if err := os.WriteFile(chartSchema, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(written, want); diff != "" {
		t.Errorf("%s is stale: run go generate (-schema +code)\n%s", chartSchema, diff)
	}
}
