package limits

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// A string in place of a number is found in every position of a variable.
func TestCheckCoercion(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		directive @cost(weight: Int!, perItem: Int! = 0) on FIELD_DEFINITION
		input Page { size: Int sizes: [Int!] more: [Page!] cost: Float name: String id: ID }
		type Query { a(n: Int, l: [Int!], ll: [[Int]], f: Float, p: Page, ps: [Page!], s: String, ids: [ID!]): Int }`})
	g, err := New(schema, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	document, errs := g.Parse(`query($n: Int = 7, $l: [Int!], $ll: [[Int]], $f: Float, $p: Page, $ps: [Page!], $s: String, $ids: [ID!]) {
		a(n: $n, l: $l, ll: $ll, f: $f, p: $p, ps: $ps, s: $s, ids: $ids) }`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for text, want := range map[string]string{
		`{}`:                                         "",
		`{"n": 1, "l": [1, 2], "f": 1}`:              "",
		`{"n": null, "l": null}`:                     "",
		`{"l": 1, "ll": 1, "ps": {}}`:                "",
		`{"s": "1", "ids": ["1", 2]}`:                "",
		`{"p": {"name": "1", "id": 1}}`:              "",
		`{"p": {"size": 1, "sizes": 1}}`:             "",
		`{"n": "1"}`:                                 "n",
		`{"f": "1.5"}`:                               "f",
		`{"l": ["1"]}`:                               "l",
		`{"l": [1, "1"]}`:                            "l",
		`{"l": "1"}`:                                 "l",
		`{"ll": [[1], [2, "1"]]}`:                    "ll",
		`{"ll": ["1"]}`:                              "ll",
		`{"p": {"size": "1"}}`:                       "p",
		`{"p": {"cost": "1"}}`:                       "p",
		`{"p": {"sizes": ["1"]}}`:                    "p",
		`{"p": {"sizes": "1"}}`:                      "p",
		`{"ps": [{}, {"size": "1"}]}`:                "ps",
		`{"ps": {"size": "1"}}`:                      "ps",
		`{"p": {"more": [{"more": {"size": "1"}}]}}`: "p",
	} {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var sent map[string]any
		if err := decoder.Decode(&sent); err != nil {
			t.Fatal(err)
		}
		values, err := validator.VariableValues(schema, document.Operations[0], sent)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := ""
		if err := g.CheckCoercion(document.Operations[0], values); err != nil {
			got = strings.TrimPrefix(err.Path.String(), "variable.")
		}
		if got != want {
			t.Errorf("%s: want an error in %q, got %q", text, want, got)
		}
	}
}

// If a string reached the estimate, it would count as the number that gqlgen converts it to.
func TestCountOf_Strings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"100": 100, "+7": 7, "-7": 0, "99999999999999999999": maxCount, "1.5": 1, "": 1, "9b1f": 1, "Infinity": 1} {
		if got, given := countOf(text); got != want || !given {
			t.Errorf("%q: want %d, got %d", text, want, got)
		}
	}
}
