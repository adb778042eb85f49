package validation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// The locations are those of the reference implementation.
func TestDocument_Locations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want gqlerror.Location
	}{
		{`{a(n: "1")}`, gqlerror.Location{Line: 1, Column: 7}},
		{"{\n  e: a(s: \"ü\", n: \"1\")}", gqlerror.Location{Line: 2, Column: 19}},
		{"{a(s: \"\"\"x\r\ny\"\"\",\r\n n: \"\"\"\n1\"\"\")}", gqlerror.Location{Line: 3, Column: 5}},
		{`{a @nope}`, gqlerror.Location{Line: 1, Column: 4}},
		{`{a @skip}`, gqlerror.Location{Line: 1, Column: 4}},
		{`{a(n: 1.5)}`, gqlerror.Location{Line: 1, Column: 7}},
		{`{a b}`, gqlerror.Location{Line: 1, Column: 4}},
		{`{... on P {a}}`, gqlerror.Location{Line: 1, Column: 2}},
		{`{... on Pp {a}}`, gqlerror.Location{Line: 1, Column: 9}},
		{`{...Pp} fragment Pp on Pp {a}`, gqlerror.Location{Line: 1, Column: 24}},
		{`query($p: [Pag!]) {a(n: $p)}`, gqlerror.Location{Line: 1, Column: 12}},
		{`{needed: a(n: 1, p: {needed: true}, needed: 1)}`, gqlerror.Location{Line: 1, Column: 37}},
		{`{a @skip(if: true, x: 1)}`, gqlerror.Location{Line: 1, Column: 20}},
		{`{...F} fragment F on P {a}`, gqlerror.Location{Line: 1, Column: 2}},
		{`{...F}`, gqlerror.Location{Line: 1, Column: 5}},
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: test.text})
		if err != nil {
			t.Fatal(test.text, err)
		}
		errs := newValidator(true).Document(test.text, document)
		if len(errs) == 0 {
			t.Errorf("%q: no error", test.text)
			continue
		}
		if diff := cmp.Diff([]gqlerror.Location{test.want}, errs[0].Locations); diff != "" {
			t.Errorf("%q: %s (-want +got):\n%s", test.text, errs[0].Message, diff)
		}
	}
}

// The same document always has the same errors, with the suggestions in the same order.
func TestDocument_Deterministic(t *testing.T) {
	t.Parallel()
	const text = `query($p: Pag, $q: Pages) {aa ... on Pp {a}} fragment F on Ps {b} fragment G on Uplod {a(x: 1, c: [REDD, GREN])}`
	var first gqlerror.List
	for range 100 {
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		errs := newValidator(true).Document(text, document)
		if first == nil {
			first = errs
		}
		if diff := cmp.Diff(first, errs); diff != "" || len(errs) != 5 {
			t.Fatalf("%d errors (-first +now):\n%s", len(errs), diff)
		}
	}
}

// Errors that are not reported cost nothing, whatever names they would suggest.
//
//nolint:paralleltest // it counts the allocations of the process
func TestDocument_ManyErrors(t *testing.T) {
	validator := newValidator(true)
	allocations := func(begin, wrong, end string, times int) float64 {
		text := begin + strings.Repeat(wrong, times) + end
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(10, func() { _ = validator.Document(text, document) })
	}
	for _, test := range [][3]string{
		{"{", "aa ", "}"},
		{"{", "a {aa} ", "}"},
		{"{", "a(nn: 1) ", "}"},
		{"{", "...on Pp {a} ", "}"},
		{"{", "a @skp ", "}"},
		{"{a(c: [", "REDD ", "])}"},
		{"{a(ps: [", "{sze: 1} ", "])}"},
	} {
		few, many := allocations(test[0], test[1], test[2], 10), allocations(test[0], test[1], test[2], 1000)
		if many > few+20 {
			t.Errorf("%s: %.0f allocations for 10 errors, %.0f for 1000", test[1], few, many)
		}
	}
}
