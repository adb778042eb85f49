package validation_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/gateway/validation"
)

const schemaText = `
	enum Color { RED GREEN }
	scalar Upload
	scalar DateTime
	scalar _Any
	input Page { size: Int sizes: [Int!] more: [Page!] cost: Float name: String! = "n" id: ID color: Color = RED needed: Boolean! }
	type P { a: Int }
	type Query {
		a(n: Int, l: [Int!], ll: [[Int]], f: Float, p: Page, ps: [Page!], s: String, ids: [ID!], b: Boolean, c: [Color!], u: Upload, t: DateTime, any: [_Any!]): Int
	}`

const everyVariable = `query(
	$n: Int, $l: [Int!], $ll: [[Int]], $f: Float, $p: Page, $ps: [Page!], $s: String, $ids: [ID!], $b: Boolean, $c: [Color!], $u: Upload, $t: DateTime, $any: [_Any!]
) { a(n: $n, l: $l, ll: $ll, f: $f, p: $p, ps: $ps, s: $s, ids: $ids, b: $b, c: $c, u: $u, t: $t, any: $any) }`

func newValidator(suggests bool) *validation.Validator {
	return validation.New(gqlparser.MustLoadSchema(&ast.Source{Input: schemaText}), 5, suggests)
}

// coerce returns the coerced variables of an operation as JSON, or the messages.
func coerce(t *testing.T, v *validation.Validator, text, variables string) (coerced string, messages []string) {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	if errs := v.Document(text, document); len(errs) > 0 {
		t.Fatal(errs)
	}
	decoder := json.NewDecoder(strings.NewReader(variables))
	decoder.UseNumber()
	var sent map[string]any
	if err := decoder.Decode(&sent); err != nil {
		t.Fatal(err)
	}
	values, errs := v.Variables(document.Operations[0], sent)
	for _, err := range errs {
		messages = append(messages, err.Message)
		if len(err.Locations) != 1 || len(err.Path) > 0 {
			t.Errorf("%s: locations %v, path %v", variables, err.Locations, err.Path)
		}
	}
	written, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(written), messages
}

func TestVariables_Accepted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ variables, want string }{
		{`{}`, `{}`},
		{`{"n": 1, "l": [1, 2], "f": 1}`, `{"f":1,"l":[1,2],"n":1}`},
		{`{"n": 1.0, "l": 1e2, "f": 1e-1}`, `{"f":0.1,"l":[100],"n":1}`},
		{`{"n": -2147483648, "l": 2147483647}`, `{"l":[2147483647],"n":-2147483648}`},
		{`{"n": null, "l": null}`, `{"l":null,"n":null}`},
		{`{"ll": 1, "ps": {"needed": true}}`, `{"ll":[[1]],"ps":[{"needed":true}]}`},
		{`{"ll": [1, [null], null]}`, `{"ll":[[1],[null],null]}`},
		{`{"s": "1", "ids": ["1", 2, 99999999999999999999999, 1.0]}`, `{"ids":["1","2","99999999999999999999999","1"],"s":"1"}`},
		{`{"ids": [1e20, 1e21, 1e308, -1e308]}`, `{"ids":["100000000000000000000","1e+21","1e+308","-1e+308"]}`}, // like JavaScript
		{`{"c": "RED", "b": false}`, `{"b":false,"c":["RED"]}`},
		{`{"p": {"needed": true, "more": [{"needed": false}]}}`, `{"p":{"more":[{"needed":false}],"needed":true}}`},
		{`{"t": "2026-08-21T09:30:00.1259+02:00"}`, `{"t":"2026-08-21T09:30:00.1259+02:00"}`},
		{`{"any": [{"__typename": "X", "a": [1.50, {"b": "c"}]}]}`, `{"any":[{"__typename":"X","a":[1.50,{"b":"c"}]}]}`},
		{`{"p": {"needed": true, "color": null, "id": 7}, "unknown": 1}`, `{"p":{"color":null,"id":"7","needed":true}}`},
	} {
		got, messages := coerce(t, newValidator(true), everyVariable, test.variables)
		if diff := cmp.Diff(test.want, got); diff != "" || len(messages) > 0 {
			t.Errorf("%s: %q (-want +got):\n%s", test.variables, messages, diff)
		}
	}
}

// A message names the variable and the place in its value, and repeats no value.
func TestVariables_Rejected(t *testing.T) {
	t.Parallel()
	const integer, enum = "must be an Int, a whole number of 32 bits.", `must be a value of the enum "Color".`
	for variables, want := range map[string][]string{
		`{"n": "1"}`:                           {`"$n" ` + integer},
		`{"n": 1.5}`:                           {`"$n" ` + integer},
		`{"n": 2147483648}`:                    {`"$n" ` + integer},
		`{"n": 99999999999999999999}`:          {`"$n" ` + integer},
		`{"n": {"canary": 1}}`:                 {`"$n" ` + integer},
		`{"n": [1]}`:                           {`"$n" ` + integer},
		`{"n": true}`:                          {`"$n" ` + integer},
		`{"l": [1, "1", null, 2.5]}`:           {`"$l[1]" ` + integer, `"$l[2]" of non-null type "Int!" must not be null.`, `"$l[3]" ` + integer},
		`{"l": "1"}`:                           {`"$l" ` + integer},
		`{"ll": [[1], [2, "1"]]}`:              {`"$ll[1][1]" ` + integer},
		`{"f": "1.5"}`:                         {`"$f" must be a Float, a number of 64 bits.`},
		`{"f": 1e400}`:                         {`"$f" must be a Float, a number of 64 bits.`},
		`{"s": 5}`:                             {`"$s" must be a String.`},
		`{"s": ["canary"]}`:                    {`"$s" must be a String.`},
		`{"b": "true"}`:                        {`"$b" must be a Boolean.`},
		`{"t": "2026-08-21"}`:                  {`"$t" must be a DateTime, a time in RFC 3339 such as 2026-08-21T09:30:00Z.`},
		`{"t": 1787304600}`:                    {`"$t" must be a DateTime, a time in RFC 3339 such as 2026-08-21T09:30:00Z.`},
		`{"ids": [1.5, 1e400, true]}`:          {`"$ids[0]" must be an ID, a String or a whole number.`, `"$ids[1]" must be an ID, a String or a whole number.`, `"$ids[2]" must be an ID, a String or a whole number.`},
		`{"c": ["red"]}`:                       {`"$c[0]" ` + enum + ` Did you mean "RED"?`},
		`{"c": "canary"}`:                      {`"$c" ` + enum},
		`{"c": 0}`:                             {`"$c" ` + enum},
		`{"p": "canary"}`:                      {`"$p" must be an object of type "Page".`},
		`{"p": [{"needed": true}]}`:            {`"$p" must be an object of type "Page".`},
		`{"p": {}}`:                            {`"$p.needed" of required type "Boolean!" was not provided.`},
		`{"p": {"needed": null}}`:              {`"$p.needed" of non-null type "Boolean!" must not be null.`},
		`{"p": {"needed": true, "siz": 1}}`:    {`"$p.siz" is not defined by type "Page". Did you mean "size", "sizes", or "id"?`},
		`{"p": {"needed": true, "a b": 1}}`:    {`"$p.?" is not defined by type "Page".`},
		`{"p": {"needed": 1, "z": 1, "y": 1}}`: {`"$p.needed" must be a Boolean.`, `"$p.y" is not defined by type "Page".`, `"$p.z" is not defined by type "Page".`},
		`{"ps": [{"needed": true}, {"needed": true, "more": [{"needed": true, "color": "blue"}]}]}`: {`"$ps[1].more[0].color" ` + enum},
		`{"u": "canary", "any": ["canary"]}`: {
			`"$u" must be a file: a variable that a part of a multipart request is mapped to.`, `"$any[0]" must be an object.`,
		},
		`{"l": ["a", "a", "a", "a", "a", "a", "a"], "n": "a"}`: {`"$n" ` + integer, `"$l[0]" ` + integer, `"$l[1]" ` + integer, `"$l[2]" ` + integer, `"$l[3]" ` + integer},
	} {
		for i := range want {
			want[i] = "Variable " + want[i]
		}
		for range 100 {
			_, got := coerce(t, newValidator(true), everyVariable, variables)
			if diff := cmp.Diff(want, got); diff != "" || strings.Contains(strings.Join(got, " "), "canary") {
				t.Fatalf("%s (-want +got):\n%s", variables, diff)
			}
		}
	}
}

func TestVariables_Required(t *testing.T) {
	t.Parallel()
	const text = `query($a: Int!, $b: [Int!]! = [1], $c: ID = 5) { a(n: $a, l: $b, ids: [$c]) }`
	for variables, want := range map[string]string{
		`{}`:                    `Variable "$a" of required type "Int!" was not provided.`,
		`{"a": null}`:           `Variable "$a" of non-null type "Int!" must not be null.`,
		`{"a": 1, "b": null}`:   `Variable "$b" of non-null type "[Int!]!" must not be null.`,
		`{"a": 1, "b": [null]}`: `Variable "$b[0]" of non-null type "Int!" must not be null.`,
	} {
		if _, got := coerce(t, newValidator(true), text, variables); cmp.Diff([]string{want}, got) != "" {
			t.Errorf("%s: %q", variables, got)
		}
	}
	if got, messages := coerce(t, newValidator(true), text, `{"a": 1}`); got != `{"a":1,"b":[1],"c":"5"}` {
		t.Errorf("defaults: %s %q", got, messages)
	}
}

// Suggestions reveal names of the schema.
func TestVariables_WithoutSuggestions(t *testing.T) {
	t.Parallel()
	for _, variables := range []string{`{"c": "red"}`, `{"p": {"needed": true, "siz": 1}}`} {
		if _, got := coerce(t, newValidator(false), everyVariable, variables); len(got) != 1 || strings.Contains(got[0], "Did you mean") {
			t.Errorf("%s: %q", variables, got)
		}
	}
}

// Errors beyond the maximum cost nothing, in variables or in literals, because a request may have thousands.
//
//nolint:paralleltest // it counts the allocations of the process
func TestErrorsBeyondTheMaximumAreFree(t *testing.T) {
	v := newValidator(true)
	for name, wrong := range map[string]any{"c": "rad", "l": "a", "ids": 1.5, "ps": map[string]any{}} {
		document, _ := parser.ParseQuery(&ast.Source{Input: everyVariable})
		allocations := testing.AllocsPerRun(5, func() {
			_, _ = v.Variables(document.Operations[0], map[string]any{name: slices.Repeat([]any{wrong}, 10_000)})
		})
		if allocations > 10_000+500 { // one for the index of each
			t.Errorf("$%s: %v allocations", name, allocations)
		}
	}
	for _, literal := range []string{"c: [RAD * ]", "l: [true * ]", "ps: [{} * ]", "p: {x# : 1 * }"} {
		few, many := allocationsOf(t, v, literal, 10), allocationsOf(t, v, literal, 2000)
		if many > few+50 {
			t.Errorf("%s: %v allocations for 10, %v for 2000", literal, few, many)
		}
	}
}

// allocationsOf validates a document with a literal whose element before * occurs this many times, each with its number
// as #.
func allocationsOf(t *testing.T, v *validation.Validator, literal string, count int) float64 {
	t.Helper()
	start := strings.IndexAny(literal, "[{") + 1
	element, end, _ := strings.Cut(literal[start:], "*")
	var elements strings.Builder
	for i := range count {
		elements.WriteString(strings.ReplaceAll(element, "#", strconv.Itoa(i)))
	}
	text := "{ a(" + literal[:start] + elements.String() + end + ") }"
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return testing.AllocsPerRun(1, func() { _ = v.Document(text, document) })
}
