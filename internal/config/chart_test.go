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

// The chart accepts the settings that its file may have. It sets the addresses to listen on itself.
func TestOperationsPage_ChartSettings(t *testing.T) {
	t.Parallel()
	var names []string
	for _, flag := range newParser(t, &program{}).Model.Children[0].Flags {
		isOwn := slices.Contains([]string{"config", "help", "listen", "ops-listen", "subgraph-listen", "tls-cert-file", "tls-key-file"}, flag.Name)
		if !flag.Hidden && !isOwn {
			names = append(names, flag.Name)
		}
	}
	slices.Sort(names)
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	written := readText(t, chartSchema)
	enum := regexp.MustCompile(`("propertyNames": \{\s*"enum": )\[[^\]]*\]`)
	want := enum.ReplaceAllString(written, "${1}"+strings.ReplaceAll(string(list), ",", ",\n          "))
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
