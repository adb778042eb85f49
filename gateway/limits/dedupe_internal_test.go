package limits

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

func TestDedupe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{a b a c b}":                         "{a b c}",
		"{a x:a a:a x:a x:b}":                 "{a x:a x:b}",
		"{a{b b} a{b b c b}}":                 "{a{b} a{b c}}",
		"{...{a a} ...on A{b c b} a}":         "{...{a} ...on A{b c} a}",
		"{a(b:1) a(b:1) a a a@skip(if:true)}": "{a(b:1) a(b:1) a a@skip(if:true)}",
		"{a a{b} a}":                          "{a a{b}}",
		"{...F ...F a} fragment F on A{b b}":  "{...F ...F a} fragment F on A{b}",
		"query A{a a} mutation B{b b}":        "query A{a} mutation B{b}",
	} {
		document := parsed(t, text)
		dedupe(document)
		if diff := cmp.Diff(formatted(parsed(t, want)), formatted(document)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func parsed(t *testing.T, text string) *ast.QueryDocument {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func formatted(document *ast.QueryDocument) string {
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(document)
	return text.String()
}
