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
		"{a b a c b}":                                                 "{a b c}",
		"{a x:a a:a x:a x:b}":                                         "{a x:a x:b}",
		"{a{b b} a{b b c b}}":                                         "{a{b c}}",
		"{a{b{c}} d a{b{e} f}}":                                       "{a{b{c e} f} d}",
		"{...{a a} ...on A{b c b} a}":                                 "{a ...on A{b c}}",
		"{a(b:1) a(b:1) a a a@skip(if:true)}":                         "{a(b:1) a a@skip(if:true)}",
		"{a(b:1){c} a(b:2){c} a(b:1){d} x:a(b:1){e}}":                 "{a(b:1){c d} a(b:2){c} x:a(b:1){e}}",
		"{a(b:$c){c} a(b:$d){c} a(b:$c){d}}":                          "{a(b:$c){c d} a(b:$d){c}}",
		"{a@skip(if:$b){c} a@skip(if:$b){c c} a{c}}":                  "{a@skip(if:$b){c} a@skip(if:$b){c} a{c}}",
		"{a a{b} a}":                                                  "{a a{b}}",
		"{...on A{a{b}} c ...on A{a{d} e}}":                           "{...on A{a{b d}} c ...on A{e}}",
		"{...on A{a{b}} c ...on B{a{b}} ...on A{a{d} e}}":             "{...on A{a{b}} c ...on B{a{b}} ...on A{a{d} e}}",
		"{a{b} a@skip(if:$b){c} a{d b} a{e}}":                         "{a{b} a@skip(if:$b){c} a{d b e}}",
		"{a{b} ...F a{c}} fragment F on A{a{d}}":                      "{a{b} ...F a{c}} fragment F on A{a{d}}",
		"{a{b} ...@skip(if:$b){a{c}} a{d}}":                           "{a{b} ...@skip(if:$b){a{c}} a{d}}",
		"{a{b} ...on A{a{c}} a{d} ...on A{a{e}}}":                     "{a{b} ...on A{a{c}} a{d} ...on A{a{e}}}",
		"{" + strings.Repeat("a{b} ...F ", 30) + "}":                  "{" + strings.Repeat("a{b} ...F ", 20) + "a{b}" + strings.Repeat("...F ", 10) + "}",
		"{...on A{...on B{a}} ...on B{a} ...on A{...on B{a}} a}":      "{...on A{...on B{a}} ...on B{a} a}",
		"{...@skip(if:$a){b b} ...on A@skip(if:$a){b b} b}":           "{...@skip(if:$a){b} ...on A@skip(if:$a){b} b}",
		"{...F ...F a} fragment F on A{b b}":                          "{...F ...F a} fragment F on A{b}",
		"{a(b:1) a(b:2) a(b:3) a(b:4) a(b:5) a(b:6) ...on A{a(b:7)}}": "{a(b:1) a(b:2) a(b:3) a(b:4) a(b:5) ...on A{a(b:7)}}",
		"{a(b:1 c:2 d:3){e} a(b:1 d:3 c:2){f} a(c:2 b:1 d:3){g} a(c:2 d:3 b:1){h} a(d:3 b:1 c:2){i} a(d:3 c:2 b:1){j}}": "{a(b:1 c:2 d:3){e f g h i j}}",
		"{a(b:{c:{d:1 e:$f} g:2}){h} a(b:{g:2 c:{e:$f d:1}}){i}}":                                                       "{a(b:{c:{d:1 e:$f} g:2}){h i}}",
		`{a(b:[1 2]) a(b:[2 1]) a(b:[[1 2]]) a(b:["1" 2]) a(b:"""1""")}`:                                                `{a(b:[1 2]) a(b:[2 1]) a(b:[[1 2]]) a(b:["1" 2]) a(b:"""1""")}`,
		`{a(b:"1"){c} a(b:1){c} a(b:"""1"""){c} a(b:[1]){c} a(b:"1"){d}}`:                                               `{a(b:"1"){c d} a(b:1){c} a(b:"""1"""){c} a(b:[1]){c}}`,
		"query A{a a} mutation B{b b}":                                                                                  "query A{a} mutation B{b}",
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
