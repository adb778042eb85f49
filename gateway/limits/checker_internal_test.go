package limits

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

func readSchema(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../graph/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newChecker returns a Checker for our schema.
func newChecker(t testing.TB, limits Limits) *Checker {
	t.Helper()
	g, err := New(gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: readSchema(t)}), limits)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func repeat(text string, count int) string { return strings.Repeat(text, count) }

// numbered concatenates format with the numbers 0 to count-1.
func numbered(format string, count int) string {
	var all strings.Builder
	for i := range count {
		fmt.Fprintf(&all, format, i)
	}
	return all.String()
}

// doubling returns a chain of fragments in which each spreads the next one twice.
func doubling(levels int, last string) string {
	var text strings.Builder
	for i := range levels {
		fmt.Fprintf(&text, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&text, " fragment F%d on Query { %s }", levels, last)
	return "{ ...F0 }" + text.String()
}

func exceededIn(errs gqlerror.List) *ExceededError {
	exceeded, _ := errors.AsType[*ExceededError](errs)
	return exceeded
}

// Each limit accepts a document at the limit and reports the measured value of one just beyond it.
func TestLimits(t *testing.T) {
	t.Parallel()
	limits := Limits{Bytes: 2000, Tokens: 200, Depth: 4, Fields: 10, Aliases: 3, RootFields: 5, RootMutations: 2, Directives: 3, Fragments: 4, Operations: 2, Variables: 3}
	g := newChecker(t, limits)
	for name, test := range map[string]struct {
		within, beyond string
		want           ExceededError
	}{
		"bytes":  {"{__typename}" + repeat(" ", 1988), "{__typename}" + repeat(" ", 1989), ExceededError{Limit: LimitBytes, Max: 2000, Actual: 2001}},
		"tokens": {"{viewer(" + repeat("a:1 ", 64) + "){id}}", "{viewer(" + repeat("a:1 ", 65) + "){id}}", ExceededError{Limit: LimitTokens, Max: 200, Actual: 203}},
		"depth":  {"{a{b{c{d}}}}", "{a{b{c{d{e}}}}}", ExceededError{Limit: LimitDepth, Max: 4, Actual: 5}},
		"depth in a fragment": {
			"{a{...F}} fragment F on A {b{...G}} fragment G on A {c{d}}", "{a{...F}} fragment F on A {b{...{...G}}} fragment G on A {c{d{e}}}", ExceededError{Limit: LimitDepth, Max: 4, Actual: 5},
		},
		"depth of conditions":   {"{a{...on A{...on B{...{b}}}}}", "{a{...on A{...on B{...on A{...{b}}}}}}", ExceededError{Limit: LimitDepth, Max: 4, Actual: 5}},
		"fields":                {"{a{" + repeat("b ", 9) + "}}", "{a{" + repeat("b ", 10) + "}}", ExceededError{Limit: LimitFields, Max: 10, Actual: 11}},
		"fields of fragments":   {"{a{...F ...F ...F}} fragment F on A {b c d}", "{a{...F ...F ...F b}} fragment F on A {b c d}", ExceededError{Limit: LimitFields, Max: 10, Actual: 11}},
		"unused fields":         {"{a} fragment F on A {" + repeat("b ", 9) + "}", "{a} fragment F on A {" + repeat("b ", 10) + "}", ExceededError{Limit: LimitFields, Max: 10, Actual: 11}},
		"duplicate fragment":    {"{...F} fragment F on A {a} fragment F on A {" + repeat("b ", 9) + "}", "{...F} fragment F on A {a} fragment F on A {" + repeat("b ", 10) + "}", ExceededError{Limit: LimitFields, Max: 10, Actual: 11}},
		"aliases":               {"{x:a y:a z:a a:a}", "{x:a y:a z:a w:a}", ExceededError{Limit: LimitAliases, Max: 3, Actual: 4}},
		"aliases of fragments":  {"{a{...F ...F ...F}} fragment F on A {x:b}", "{a{...F ...F}} fragment F on A {x:b{y:c}}", ExceededError{Limit: LimitAliases, Max: 3, Actual: 4}},
		"root fields":           {"{a b ...{c ...F}} fragment F on A {d e}", "{a b ...{c ...F}} fragment F on A {d e f}", ExceededError{Limit: LimitRootFields, Max: 5, Actual: 6}},
		"root mutations":        {"mutation {a b}", "mutation {a ...{b c}}", ExceededError{Limit: LimitRootMutations, Max: 2, Actual: 3}},
		"directives":            {"query @a {b @a @a}", "query @a {b @a @a ...@a{c}}", ExceededError{Limit: LimitDirectives, Max: 3, Actual: 4}},
		"directives everywhere": {"query($v:A @a) {...F @a} fragment F on A @a {b}", "query($v:A @a) {...F @a} fragment F on A @a {b @a}", ExceededError{Limit: LimitDirectives, Max: 3, Actual: 4}},
		"fragments":             {"{a}" + numbered(" fragment F%d on A {b}", 4), "{a}" + numbered(" fragment F%d on A {b}", 5), ExceededError{Limit: LimitFragments, Max: 4, Actual: 5}},
		"operations":            {numbered("query Q%d {a}", 2), numbered("query Q%d {a}", 3), ExceededError{Limit: LimitOperations, Max: 2, Actual: 3}},
		"variables":             {"query(" + numbered("$v%d:A ", 3) + "){a}", "query A {a} query B(" + numbered("$v%d:A ", 4) + "){a}", ExceededError{Limit: LimitVariables, Max: 3, Actual: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, errs := g.Parse(test.within)
			if exceededIn(errs) != nil {
				t.Errorf("a document within the limit is rejected: %v", errs)
			}
			_, errs = g.Parse(test.beyond)
			if len(errs) != 1 || exceededIn(errs) == nil {
				t.Fatalf("not rejected: %v", errs)
			}
			if diff := cmp.Diff(test.want, *exceededIn(errs)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, number := range []int{test.want.Max, test.want.Actual} {
				if !strings.Contains(errs[0].Message, fmt.Sprint(number)) {
					t.Errorf("the message lacks %d: %s", number, errs[0].Message)
				}
			}
		})
	}
}

// Fields below __schema and __type count as fields but not as depth, because introspection nests deeper than any query.
func TestDepthOfIntrospection(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Depth: 2, Fields: 8})
	const deep = "{__type(name:\"A\"){ofType{ofType{ofType{ofType{ofType{name}}}}}}}"
	if _, errs := g.Parse(deep); len(errs) > 0 {
		t.Error(errs)
	}
	_, errs := g.Parse(strings.Replace(deep, "name}", "name kind}", 1))
	if exceeded := exceededIn(errs); exceeded != nil {
		t.Errorf("8 fields are rejected: %v", exceeded)
	}
	_, errs = g.Parse(strings.Replace(deep, "name}", "name kind description}", 1))
	if exceeded := exceededIn(errs); exceeded == nil || exceeded.Limit != LimitFields {
		t.Errorf("got %v", errs)
	}
}

func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	want := Limits{
		Bytes: 65536, Tokens: 5000, Depth: 25, Fields: 5000, Aliases: 100, RootFields: 50, RootMutations: 5, Directives: 100, Fragments: 100,
		Operations: 10, Variables: 100, Cost: 1000, EventCalls: 10, Nodes: 500_000, Values: 2_000_000, Errors: 5,
	}
	if diff := cmp.Diff(want, newChecker(t, Limits{Depth: -1}).limits); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Measuring takes at most one step per selection in the text, even if fragments expand exponentially.
func TestMeasuringIsLinear(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"doubled fragments":         doubling(60, "a"),
		"doubled fields":            strings.ReplaceAll(doubling(60, "a"), "...F1 ", "x{...F1} "),
		"circular fragments":        "{...A}" + " fragment A on A {...B ...B} fragment B on A {...A ...A}",
		"a fragment in itself":      "{...A} fragment A on A {a{...A} ...A}",
		"a chain of 1500":           "{...F0}" + numbered(" fragment F%d on A {a ...G}", 1500) + " fragment G on A {b}",
		"one spread 1500 times":     "{" + repeat("...F ", 1500) + "} fragment F on A {" + repeat("a ", 1500) + "}",
		"ten thousand root aliases": "{" + numbered("a%d:viewer{id}", 10_000) + "}",
	} {
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for _, operation := range document.Operations {
			written += selections(operation.SelectionSet)
		}
		for _, fragment := range document.Fragments {
			written += selections(fragment.SelectionSet)
		}
		m := newMeasurer(document)
		for _, operation := range document.Operations {
			m.operation(operation)
		}
		m.unused(document)
		if m.steps > written {
			t.Errorf("%s: %d steps for %d selections", name, m.steps, written)
		}
		if strings.Contains(name, "itself") != m.circular && !strings.Contains(name, "circular") {
			t.Errorf("%s: circular is %t", name, m.circular)
		}
	}
}

func selections(set ast.SelectionSet) int {
	count := len(set)
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			count += selections(selection.SelectionSet)
		case *ast.InlineFragment:
			count += selections(selection.SelectionSet)
		}
	}
	return count
}

// Sums saturate instead of overflowing to a value within the limit.
func TestCountsDoNotOverflow(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Tokens: 100_000, Bytes: 1 << 20, Fragments: 1000})
	for _, levels := range []int{29, 30, 31, 32, 62, 63, 64, 65, 127, 128, 500} {
		_, errs := g.Parse(doubling(levels, "a:viewer @a"))
		exceeded := exceededIn(errs)
		if exceeded == nil || exceeded.Actual != min(1<<min(levels, 40), maxCount) {
			t.Errorf("%d levels: %v", levels, exceeded)
		}
	}
	full := quantity{total: maxCount, most: maxCount}
	if got := full.plus(full).count(); plus(maxCount, maxCount) != maxCount || got != maxCount {
		t.Errorf("wrong sums: %d", got)
	}
	for size, want := range map[float64]int{0: 0, 1: maxCount, 2: maxCount, maxCount: maxCount} {
		if got := full.times(size).count(); got != want {
			t.Errorf("times %v: %d", size, got)
		}
	}
}

// A circular fragment is rejected even if no operation spreads it.
func TestCircularFragments(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	for _, text := range []string{
		"{...A} fragment A on Query {...A}",
		"{...A} fragment A on Query {...B} fragment B on Query {...{...A}}",
		"{viewer{...A}} fragment A on User {id ...B} fragment B on User {...C} fragment C on User {...B}",
		"{__typename} fragment A on Query {node(id:1){...A}}",
	} {
		_, errs := g.Parse(text)
		if len(errs) != 1 || errs[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" ||
			errs[0].Message != "A fragment must not spread itself, directly or through other fragments." {
			t.Errorf("%s: %v", text, errs)
		}
	}
}
