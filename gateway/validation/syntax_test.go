package validation_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/gateway/validation"
)

// gqlparser parses all of these documents. The verdicts are those of the reference implementation; e2e compares more.
func TestCheckSyntax(t *testing.T) {
	t.Parallel()
	for text, valid := range map[string]bool{
		`{a(b: "\uD83D\uDE00")}`:                        true,
		`{a(b: "\ud83d\ude00 \\uD83D")}`:                true,
		`{a(b: "é" c: "\uD83D")}`:                       false,
		`{a(b: "\uDE00")}`:                              false,
		`{a(b: "\uDE00\uD83D")}`:                        false,
		`{a(b: "\uD83D\uD83D\uDE00")}`:                  false,
		`{a(b: "\uD83D\u0041")}`:                        false,
		`{a(b: "\\\uD83D")}`:                            false,
		`{a(b: """\uD83D""")}`:                          true,
		`{a(b: """\""" """)}`:                           true,
		`{a(b: """a"""")}`:                              false,
		`{a(b: [1 a])}`:                                 true,
		`{a(b: [1a])}`:                                  false,
		`{a(b: [1.5e3_])}`:                              false,
		`{a(b: [0xF])}`:                                 false,
		`{a(b: 1) ...F} fragment F on Q {a}`:            true,
		`{a(b: {c: 1}) ... on Q {a}}`:                   true,
		`{... "on" Q {a}}`:                              false,
		`{... """on""" Q {a}}`:                          false,
		`{...F} fragment F($a: Int) on Q {a}`:           false,
		`query($a: Int @b(c: 1)) {a(b: $a)}`:            true,
		`query($a: Int @b(c: [$a])) {a(b: $a)}`:         false,
		`# a comment`:                                   false,
		``:                                              false,
		`"""é""" query {a(b: "\uD83D\uDE00" c: [0e1])}`: true,
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			if valid {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if got := validation.CheckSyntax(text, document); (got == nil) != valid {
			t.Errorf("%s: want valid %t, got %v", text, valid, got)
		} else if got != nil && got.Extensions["code"] != "GRAPHQL_PARSE_FAILED" {
			t.Errorf("%s: %v", text, got.Extensions)
		}
	}
}
