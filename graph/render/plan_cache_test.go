package render

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const testSchema = `
	type Query { pet: Pet dog: Dog }
	interface Named { name: String! }
	interface Aged { age: Int! }
	union Pet = Dog | Cat
	type Dog implements Named & Aged { name: String! age: Int! friend: Dog owner: Person }
	type Cat implements Named & Aged { name: String! age: Int! }
	type Person { name: String! dog: Dog }
`

// testTypes are the types that the generator generates from testSchema if owner has a resolver.
func testTypes() Schema {
	return Schema{
		"Query": {Name: "Query", Satisfies: []string{"Query"}, Fields: map[string]FieldType{
			"pet": {Index: 0, Types: []string{"Cat", "Dog"}, Resolver: true},
			"dog": {Index: 1, Types: []string{"Dog"}, Resolver: true},
		}},
		"Dog": {Name: "Dog", Satisfies: []string{"Dog", "Named", "Aged", "Pet"}, Fields: map[string]FieldType{
			"name": {Index: 0}, "age": {Index: 1}, "friend": {Index: 2, Types: []string{"Dog"}},
			"owner": {Index: 3, Types: []string{"Person"}, Resolver: true},
		}},
		"Cat": {Name: "Cat", Satisfies: []string{"Cat", "Named", "Aged", "Pet"}, Fields: map[string]FieldType{
			"name": {Index: 0}, "age": {Index: 1},
		}},
		"Person": {Name: "Person", Satisfies: []string{"Person"}, Fields: map[string]FieldType{
			"name": {Index: 0}, "dog": {Index: 1, Types: []string{"Dog"}},
		}},
	}
}

func parse(t *testing.T, query string) *ast.QueryDocument {
	t.Helper()
	document, errs := gqlparser.LoadQueryWithRules(gqlparser.MustLoadSchema(&ast.Source{Input: testSchema}), query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	return document
}

// operate returns the context of one operation.
func operate(document *ast.QueryDocument, name string, variables map[string]any) *graphql.OperationContext {
	return &graphql.OperationContext{Doc: document, Operation: document.Operations.ForName(name), Variables: variables}
}

// root returns the plan of the first root field.
func root(plans *PlanCache, operation *graphql.OperationContext) *Field {
	collected := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query"})
	return plans.Root(testTypes(), operation, "Query", collected[0])
}

// outline returns a plan as text: keys, cases, and "!" for HasDeferred.
func outline(field *Field) string {
	if field == nil {
		return "no plan"
	}
	text := fmt.Sprintf("%s%d", field.Key, field.Index)
	if field.HasDeferred {
		text += "!"
	}
	var objects []string
	for _, object := range field.Objects {
		var fields []string
		for i := range object.Fields {
			fields = append(fields, outline(&object.Fields[i]))
		}
		objects = append(objects, "{"+strings.Join(fields, " ")+"}")
	}
	return text + strings.Join(objects, "|")
}

func TestPlanCache_Root(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ query, want string }{
		"leaves":          {`{ dog { age name } }`, `"dog":1!{"age":1 "name":0}`},
		"aliases":         {`{ d: dog { name: age age: name a: name } }`, `"d":1!{"name":1 "age":0 "a":0}`},
		"merged":          {`{ dog { friend { name } name ... on Named { name } friend { age name } } }`, `"dog":1!{"friend":2{"name":0 "age":1} "name":0}`},
		"typename":        {`{ pet { t: __typename } }`, `"pet":0!{"t":"Cat"-1}|{"t":"Dog"-1}`},
		"types":           {`{ pet { ... on Dog { age } ... on Named { name } ... on Cat { age } } }`, `"pet":0!{"name":0 "age":1}|{"age":1 "name":0}`},
		"fragments":       {`{ pet { ...A ...A } } fragment A on Pet { ...B __typename } fragment B on Dog { name }`, `"pet":0!{"__typename":"Cat"-1}|{"name":0 "__typename":"Dog"-1}`},
		"unrelated":       {`{ pet { __typename ... on Named { ... on Dog { __typename age } ... on Pet { __typename } } ... on Aged { __typename age } } }`, `"pet":0!{"__typename":"Cat"-1 "age":1}|{"__typename":"Dog"-1 "age":1}`},
		"deferred":        {`{ dog { friend { friend { owner { name } } name } name } }`, `"dog":1!{"friend":2!{"friend":2!{"owner":3!{"name":0}} "name":0} "name":0}`},
		"nothing":         {`{ pet { ... on Dog { name } } }`, `"pet":0!{}|{"name":0}`},
		"skipped":         {`{ dog { name @skip(if: true) age @include(if: true) ... @include(if: false) { friend { name } } } }`, `"dog":1!{"age":1}`},
		"without writers": {`{ __schema { queryType { name } } }`, `no plan`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := parse(t, test.query)
			if got := outline(root(&PlanCache{}, operate(document, "", nil))); got != test.want {
				t.Errorf("want %s\n got %s", test.want, got)
			}
		})
	}
}

// A cached plan is that of the operation's conditions, wherever they are.
func TestPlanCache_Conditions(t *testing.T) {
	t.Parallel()
	document := parse(t, `
		query A($field: Boolean!, $inline: Boolean!, $spread: Boolean!, $inFragment: Boolean!, $deep: Boolean!, $both: Boolean!) {
			dog @skip(if: false) { name @skip(if: $field) ...F @include(if: $spread) ... @include(if: $inline) { age } t: name @skip(if: $field) @include(if: $both) }
		}
		fragment F on Dog { friend @include(if: $inFragment) { name friend { ... on Named @skip(if: $deep) { name } } } }`)
	plans := &PlanCache{}
	names := []string{"field", "inline", "spread", "inFragment", "deep", "both"}
	for mask := range 1 << len(names) {
		variables := map[string]any{"unused": mask}
		for i, name := range names {
			variables[name] = mask>>i&1 == 1
		}
		want := outline(root(&PlanCache{}, operate(document, "A", variables)))
		for range 2 {
			if got := outline(root(plans, operate(document, "A", variables))); got != want {
				t.Errorf("%v: want %s, got %s", variables, want, got)
			}
		}
	}
	if len(plans.plans) != 1<<len(names) {
		t.Errorf("%d plans for %d combinations", len(plans.plans), 1<<len(names))
	}
}

func TestPlanCache_Key(t *testing.T) {
	t.Parallel()
	document := parse(t, `
		query A($c: Boolean!) { dog { name @include(if: $c) age } other: dog { name } }
		query B($c: Boolean!) { dog { age @skip(if: $c) } }`)
	plans := &PlanCache{}
	with := map[string]any{"c": true}
	first := root(plans, operate(document, "A", with))
	if again := root(plans, operate(document, "A", map[string]any{"c": true, "unused": 1})); again != first {
		t.Error("the same plan was compiled twice")
	}
	for want, got := range map[string]*Field{
		`"dog":1!{"name":0 "age":1}`: first,
		`"dog":1!{"age":1}`:          root(plans, operate(document, "A", map[string]any{"c": false})),
		`"dog":1!{}`:                 root(plans, operate(document, "B", with)),
	} {
		if outline(got) != want {
			t.Errorf("want %s, got %s", want, outline(got))
		}
	}
	operation := operate(document, "A", with)
	second := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query"})[1]
	if got := outline(plans.Root(testTypes(), operation, "Query", second)); got != `"other":1!{"name":0}` {
		t.Errorf("got %s for the other alias", got)
	}
}

// Several goroutines request all combinations of ten conditions.
func TestPlanCache_Limit(t *testing.T) {
	t.Parallel()
	var declared, selected []string
	for i := range 10 {
		declared = append(declared, fmt.Sprintf("$c%d: Boolean!", i))
		selected = append(selected, fmt.Sprintf("a%d: name @include(if: $c%d)", i, i))
	}
	document := parse(t, "query("+strings.Join(declared, " ")+") { dog { age "+strings.Join(selected, " ")+" } }")
	plans := &PlanCache{}
	var running sync.WaitGroup
	for range 3 {
		running.Go(func() {
			for mask := range 1 << 10 {
				variables, want := map[string]any{}, `"dog":1!{"age":1`
				for i := range 10 {
					variables[fmt.Sprintf("c%d", i)] = mask>>i&1 == 1
					if mask>>i&1 == 1 {
						want += fmt.Sprintf(` "a%d":0`, i)
					}
				}
				if got := outline(root(plans, operate(document, "", variables))); got != want+"}" {
					t.Errorf("want %s}, got %s", want, got)
				}
			}
		})
	}
	running.Wait()
	if len(plans.plans) != maxPlans {
		t.Errorf("want %d plans, got %d", maxPlans, len(plans.plans))
	}
}
