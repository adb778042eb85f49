package limits

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"golang.org/x/tools/txtar"

	"mstudio-graphql/gateway/validation"
)

// FuzzChecker checks arbitrary documents. The steps must be linear in the length of the text, the counts must be correct,
// and the errors must be short with a known code.
func FuzzChecker(f *testing.F) {
	files, err := filepath.Glob("../testdata/stories/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		variables := ""
		for _, section := range archive.Files {
			if section.Name == "variables.json" {
				variables = string(section.Data)
			}
		}
		f.Add(string(archive.Files[0].Data), variables)
	}
	for _, text := range []string{
		doubling(5, "viewer{id}"), "{a:__schema{b:types{c:name d:ofType{e:__typename}}}}", "{...A} fragment A on Query{...B @skip(if:$v)} fragment B on Query{...A}", "query($a:[ID!]!@a){nodes(ids:$a){... on Node{id}}}",
		"{conversations(first:10000000){nodes{messages(last:-1){edges{node{__typename}}}}}}", "mutation{a:b@c(d:{e:[1.5,$f,G,\"\"\"h\"\"\"]})}", "{conversations(first:5after:null){totalCount}}",
	} {
		f.Add(text, `{"a": [1, "b", null], "v": true, "n": 1e99}`)
	}
	g := newChecker(f, Limits{})
	f.Fuzz(func(t *testing.T, text, variables string) {
		compareMeasures(t, g, text)
		document, errs := g.Parse(text)
		compareValidation(t, g, text, errs)
		checkErrors(t, g, errs)
		if len(errs) == 0 {
			checkEstimates(t, g, document, variables)
		}
	})
}

// compareValidation compares the result with that of validating the document before deduplication.
func compareValidation(t *testing.T, g *Checker, text string, errs gqlerror.List) {
	t.Helper()
	if exceededIn(errs) != nil {
		return
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, g.limits.Tokens)
	if err != nil || len(document.Operations) == 0 || validation.CheckSyntax(text, document) != nil {
		return
	}
	if want := g.Document(text, document); (len(want) == 0) != (len(errs) == 0) {
		t.Errorf("valid: %t, after deduplication: %t", len(want) == 0, len(errs) == 0)
	}
}

// compareMeasures compares the measures with those of following every spread, if maxExpansion steps suffice for that.
func compareMeasures(t *testing.T, g *Checker, text string) {
	t.Helper()
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, g.limits.Tokens)
	if err != nil {
		return
	}
	m := newMeasurer(document)
	var total measures
	for _, operation := range document.Operations {
		total = total.and(m.selections(operation.SelectionSet))
	}
	m.unused(document)
	if m.steps > len(text) {
		t.Errorf("%d steps for %d bytes", m.steps, len(text))
	}
	slow := expansion{named: m.named}
	for _, operation := range document.Operations {
		slow.walk(operation.SelectionSet, 0)
	}
	if slow.steps > maxExpansion || m.circular {
		return
	}
	if diff := cmp.Diff([]int{slow.fields, slow.aliases, slow.depth}, []int{total.fields, total.aliases, total.depth}); diff != "" {
		t.Errorf("fields, aliases, depth (-want +got):\n%s", diff)
	}
}

const maxExpansion = 10_000

// expansion measures a document by following every spread.
type expansion struct {
	named                         map[string]*ast.FragmentDefinition
	steps, fields, aliases, depth int
}

func (e *expansion) walk(set ast.SelectionSet, depth int) {
	for _, selection := range set {
		e.steps++
		if e.steps > maxExpansion {
			return
		}
		switch selection := selection.(type) {
		case *ast.Field:
			e.fields++
			if selection.Alias != selection.Name {
				e.aliases++
			}
			e.depth = max(e.depth, depth+1)
			switch {
			case !strings.HasPrefix(selection.Name, "__"):
				e.walk(selection.SelectionSet, depth+1)
			case len(selection.SelectionSet) > 0:
				e.walk(selection.SelectionSet, -1<<20)
			}
		case *ast.InlineFragment:
			inner := depth
			if selection.TypeCondition != "" {
				inner++
			}
			e.depth = max(e.depth, inner)
			e.walk(selection.SelectionSet, inner)
		case *ast.FragmentSpread:
			if fragment := e.named[selection.Name]; fragment != nil {
				e.walk(fragment.SelectionSet, depth)
			}
		}
	}
}

func checkErrors(t *testing.T, g *Checker, errs gqlerror.List) {
	t.Helper()
	if len(errs) > g.limits.Errors {
		t.Errorf("%d errors", len(errs))
	}
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		known := code == "GRAPHQL_PARSE_FAILED" || code == "GRAPHQL_VALIDATION_FAILED" || exceededIn(errs) != nil
		if !known || err.Message == "" || len(err.Message) > 310 || !utf8.ValidString(err.Message) {
			t.Errorf("code %q, message %q", code, err.Message)
		}
	}
}

func checkEstimates(t *testing.T, g *Checker, document *ast.QueryDocument, text string) {
	t.Helper()
	given := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&given) // invalid JSON means no variables
	for _, operation := range document.Operations {
		variables, errs := g.Variables(operation, given)
		if len(errs) > 0 {
			continue
		}
		e := g.estimator(document, variables)
		total := e.operation(operation)
		for _, found := range []quantity{total.typical, total.calls, total.nodes} {
			if !(found.total >= 0 && found.most >= 0 && found.total <= maxCount && found.most <= found.total+1) || len(found.at.String()) > maxPath {
				t.Errorf("estimated %+v", found)
			}
		}
		if total.typical.total > total.calls.total {
			t.Errorf("typically %v of %v calls", total.typical.total, total.calls.total)
		}
		if e.steps > 100*g.limits.Fields {
			t.Errorf("%d steps", e.steps)
		}
	}
}
