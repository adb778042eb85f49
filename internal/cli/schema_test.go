package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func printSchema(t *testing.T, arguments ...string) string {
	t.Helper()
	var stdout bytes.Buffer
	if err := Run(t.Context(), append([]string{"schema", "print"}, arguments...), &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	return stdout.String()
}

// The public schema is complete and contains no federation directives.
func TestPrintSchema(t *testing.T) {
	t.Parallel()
	text := printSchema(t)
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	if schema.Query.Fields.ForName("node") == nil || !strings.Contains(text, "@cost(weight: 1)") {
		t.Error("no Query.node or no costs")
	}
	for _, word := range []string{"@key", "@shareable", "@link", "_Any", "_Entity", "_Service", "_entities", "_service", "FieldSet"} {
		if strings.Contains(text, word) {
			t.Errorf("the public schema contains %s", word)
		}
	}
}

func TestPrintSubgraph(t *testing.T) {
	t.Parallel()
	text := printSchema(t, "--federation")
	if !strings.HasPrefix(text, "extend schema @link(") || !strings.Contains(text, `type Project implements Node & Reference @key(fields: "id")`) {
		t.Errorf("not a subgraph:\n%s", text[:min(len(text), 500)])
	}
	for _, word := range []string{"@cost", "@listSize", "@semanticNonNull", "_Any", "_Entity", "_Service", "scalar FieldSet", "directive @"} {
		if strings.Contains(text, word) {
			t.Errorf("the subgraph contains %s, which routers define", word)
		}
	}
}
