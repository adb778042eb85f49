package validation_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/gateway/validation"
)

// A subscription selects exactly one field, without conditions.
func TestSingleField(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { a: Int } type Subscription { a: Int b: Int }`})
	validator := validation.New(schema, 1, true)
	tests := map[string]string{
		"subscription { a }":        "",
		"subscription { a a }":      "",
		"subscription { other: a }": "",
		"subscription { ...F a } fragment F on Subscription { a }": "",
		"query { a other: a }":          "",
		"subscription { a b }":          "Anonymous Subscription must not select more than one top level field.",
		"subscription S { a other: a }": `Subscription "S" must not select more than one top level field.`,
		"subscription { ... { a } ...F } fragment F on Subscription { b }":                     "Anonymous Subscription must not select more than one top level field.",
		"subscription { __typename }":                                                          "Anonymous Subscription must not select an introspection top level field.",
		"subscription { a @skip(if: false) }":                                                  "Anonymous Subscription must not use @skip or @include on its top level field.",
		"subscription { a ... @include(if: true) { a } }":                                      "Anonymous Subscription must not use @skip or @include on its top level field.",
		"subscription($no: Boolean!) { ...F @skip(if: $no) } fragment F on Subscription { a }": "Anonymous Subscription must not use @skip or @include on its top level field.",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			document, err := parser.ParseQuery(&ast.Source{Input: text})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, err := range validator.Document(text, document) {
				got += err.Message
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
