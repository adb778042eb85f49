package gateway_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/view"
)

// The tests in this file send wrong values for every argument and every field of an input object.

// wrongValue is a value that a type does not accept: as a literal and in the JSON of variables. Either may be empty. The word
// "canary" occurs in values only, which a response must not repeat.
type wrongValue struct{ literal, json string }

func wrongValues(of *ast.Definition) []wrongValue {
	values := []wrongValue{{`{member: "canary"}`, `{"member": "canary"}`}, {`{}`, `{}`}, {"true", "true"}, {"CANARY", ""}, {"1.5", "1.5"}, {"[[[[7]]]]", "[[[[7]]]]"}}
	text, number, large := wrongValue{`"canary"`, `"canary"`}, wrongValue{"5", "5"}, wrongValue{"3000000000", "3000000000"}
	if of.Kind == ast.Enum {
		values = append(values, text, number, wrongValue{`"` + of.EnumValues[0].Name + `"`, ""})
		for _, value := range of.EnumValues {
			lower := strings.ToLower(value.Name)
			values = append(values, wrongValue{lower, `"` + lower + `"`}, wrongValue{value.Name[:1] + lower[1:], `"` + value.Name + ` "`})
		}
		return values
	}
	if of.Kind == ast.InputObject {
		return slices.Concat(values[:1], values[2:], []wrongValue{text, number})
	}
	switch of.Name {
	case "Int":
		return append(values, text, large, wrongValue{`"5"`, `"5"`}, wrongValue{"-2147483649", "-2147483649"}, wrongValue{"1e1", "99999999999999999999"})
	case "String":
		return append(values, number, large)
	case "ID":
		return append(values, wrongValue{"1e400", "1e400"})
	case "Boolean":
		return append(slices.Concat(values[:2], values[3:]), text, number, wrongValue{`"true"`, `"true"`})
	case "_Any":
		return append(values[2:], text, number)
	}
	return append(values, text, number) // DateTime, Upload
}

// place is an argument or a field of an input object, in an operation.
type place struct {
	schema    *ast.Schema
	operation string // with placeholders for the variables and the value of the argument
	argument  *ast.Type
	steps     []*ast.FieldDefinition // from the argument to the field
	path      string                 // of the endpoint
}

// valid returns a literal that the type accepts.
func (p place) valid(kind *ast.Type) string {
	if kind.Elem != nil {
		return "[" + p.valid(kind.Elem) + "]"
	}
	of := p.schema.Types[kind.NamedType]
	if of.Kind == ast.Enum {
		return of.EnumValues[0].Name
	}
	if of.Kind == ast.InputObject {
		return p.object(of, nil, "")
	}
	return map[string]string{
		"Int": "1", "Boolean": "true", "ID": `"x"`, "String": `"x"`, "DateTime": `"2026-08-21T09:30:00Z"`, "_Any": `{__typename: "User"}`,
	}[kind.NamedType]
}

// object returns an object with the required fields, and with this field in place.
func (p place) object(of *ast.Definition, set *ast.FieldDefinition, value string) string {
	var members []string
	for _, field := range of.Fields {
		if field == set {
			members = append(members, field.Name+": "+value)
		} else if field.Type.NonNull && field.DefaultValue == nil {
			members = append(members, field.Name+": "+p.valid(field.Type))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// value returns the argument with this literal at the end of the steps.
func (p place) value(literal string) string {
	kinds := []*ast.Type{p.argument}
	for _, step := range p.steps {
		kinds = append(kinds, step.Type)
	}
	for i, step := range slices.Backward(p.steps) {
		literal = p.object(p.schema.Types[kinds[i].Name()], step, literal)
		if kinds[i].Elem != nil {
			literal = "[" + literal + "]"
		}
	}
	return literal
}

func (p place) kind() *ast.Type {
	if len(p.steps) > 0 {
		return p.steps[len(p.steps)-1].Type
	}
	return p.argument
}

// name returns the place in errors about variable v.
func (p place) name() string {
	kind, name := p.argument, "$v"
	for _, step := range p.steps {
		if kind.Elem != nil {
			name += "[0]"
		}
		name, kind = name+"."+step.Name, step.Type
	}
	return name
}

// places returns every argument that an operation can reach, and every field of input objects.
func places(schema *ast.Schema) []place {
	var found []place
	seen := map[string]bool{}
	var within func(of *ast.Definition, around string)
	within = func(of *ast.Definition, around string) {
		if seen[of.Name] {
			return
		}
		seen[of.Name] = true
		for _, field := range of.Fields {
			inner := schema.Types[field.Type.Name()]
			selection := map[bool]string{true: " { __typename }"}[inner.IsCompositeType()]
			p := place{schema: schema}
			var required []string
			for _, argument := range field.Arguments {
				if argument.Type.NonNull && argument.DefaultValue == nil {
					required = append(required, argument.Name+": "+p.valid(argument.Type))
				}
			}
			for _, argument := range field.Arguments {
				others := slices.DeleteFunc(slices.Clone(required), func(text string) bool { return strings.HasPrefix(text, argument.Name+": ") })
				arguments := strings.Join(append(others, argument.Name+": <value>"), ", ")
				found = append(found, inputs(place{schema, strings.ReplaceAll(around, "<field>", field.Name+"("+arguments+")"+selection), argument.Type, nil, ""})...)
			}
			if of == schema.Mutation || !inner.IsCompositeType() {
				continue
			}
			call := field.Name
			if len(required) > 0 {
				call += "(" + strings.Join(required, ", ") + ")"
			}
			for _, possible := range schema.GetPossibleTypes(inner) {
				within(possible, strings.ReplaceAll(around, "<field>", call+" { ... on "+possible.Name+" { <field> } }"))
			}
		}
	}
	within(schema.Query, "query<variables> { <field> }")
	if schema.Mutation != nil {
		// The first field would write.
		within(schema.Mutation, `mutation<variables> { first: updateConversation(input: {conversationId: "`+shortID+`", title: "canary"}) { __typename } second: <field> }`)
	}
	return found
}

// inputs returns the place and those inside of it.
func inputs(p place) []place {
	found := []place{p}
	of := p.schema.Types[p.kind().Name()]
	if of.Kind != ast.InputObject {
		return found
	}
	for _, field := range of.Fields {
		inner := p
		inner.steps = append(slices.Clone(p.steps), field)
		found = append(found, inputs(inner)...)
	}
	return found
}

// attempt is one operation with a wrong value.
type attempt struct {
	query, variables string
	named            string // in the message
}

// attempts returns operations with a wrong value at a place: as literal, as default, in a variable, and in a list.
func (p place) attempts(wrong wrongValue, inList bool) []attempt {
	literal, sent, name := wrong.literal, wrong.json, p.name()
	if inList {
		literal, sent, name = "["+literal+"]", "["+sent+"]", name+"[0]"
	}
	var all []attempt
	if wrong.literal != "" {
		all = append(all, attempt{query: p.with("", p.value(literal))}, attempt{query: p.with("($v: "+p.argument.String()+" = "+p.value(literal)+")", "$v")})
	}
	if wrong.json != "" {
		if len(p.steps) > 0 && wrong.literal == "" {
			return all
		}
		value := asJSON(p.value("@wrong@"))
		all = append(all, attempt{p.with("($v: "+p.argument.String()+")", "$v"), `{"v": ` + strings.ReplaceAll(value, `"@wrong@"`, sent) + `}`, name})
	}
	return all
}

// with returns the operation with these variables and this value.
func (p place) with(variables, value string) string {
	return strings.NewReplacer("<variables>", variables, "<value>", value).Replace(p.operation)
}

// asJSON translates the literals of value to JSON.
func asJSON(literal string) string {
	document, err := parser.ParseQuery(&ast.Source{Input: "{a(v: " + strings.ReplaceAll(literal, "@wrong@", `"@wrong@"`) + ")}"})
	if err != nil {
		panic(err)
	}
	value, _ := document.Operations[0].SelectionSet[0].(*ast.Field).Arguments[0].Value.Value(nil)
	text, _ := json.Marshal(value)
	return string(text)
}

func subgraphSchema(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../graph/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return view.Subgraph(gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: string(text)}))
}

// A wrong value is refused before execution, whatever the place: no mutation of the document has run then.
func TestWrongValuesAreRefusedBeforeExecution(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Subgraph: true})
	public, subgraph := places(publicSchema(t)), places(subgraphSchema(t))
	if len(public) < 80 {
		t.Fatalf("only %d places", len(public))
	}
	subgraph = slices.DeleteFunc(subgraph, func(p place) bool { return !strings.Contains(p.operation, "{ _entities(representations: <value>)") })
	if len(subgraph) != 1 {
		t.Fatal("no _entities")
	}
	subgraph[0].path = "/subgraph"
	for _, p := range append(sample(public), subgraph...) {
		wantValid(t, server, p)
		kind := p.kind()
		wrong := wrongValues(p.schema.Types[kind.Name()])
		if kind.NonNull {
			wantRefused(t, server, p, wrongValue{"null", "null"}, false)
		}
		for _, value := range wrong {
			wantRefused(t, server, p, value, false)
		}
		if kind.Elem == nil {
			continue
		}
		if kind.Elem.NonNull {
			wantRefused(t, server, p, wrongValue{"null", "null"}, true)
		}
		for _, value := range wrong {
			wantRefused(t, server, p, value, true)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// wantValid checks that a right value at the place is not refused, so that the wrong value is the reason of a refusal.
func wantValid(t *testing.T, server *gatewaytest.Server, p place) {
	t.Helper()
	if p.kind().Name() == "Upload" {
		return
	}
	body, _ := json.Marshal(map[string]any{"query": p.with("", p.value(p.valid(p.kind())))})
	response := call{path: p.path, body: string(body), header: http.Header{"X-Explain": {"dry-run"}}}.send(t, server)
	if len(checkErrors(t, response)) > 0 {
		t.Errorf("%s: %s", body, response.Body)
	}
}

func wantRefused(t *testing.T, server *gatewaytest.Server, p place, wrong wrongValue, inList bool) {
	t.Helper()
	for _, try := range p.attempts(wrong, inList) {
		body, _ := json.Marshal(map[string]any{"query": try.query, "variables": json.RawMessage(`{}`)})
		if try.variables != "" {
			body, _ = json.Marshal(map[string]any{"query": try.query, "variables": json.RawMessage(try.variables)})
		}
		response := call{path: p.path, body: string(body), header: http.Header{"Accept": {"application/graphql-response+json"}}}.send(t, server)
		result := decode[map[string]any](t, response.Body)
		_, hasData := result["data"]
		errs := decode[struct{ Errors []locatedError }](t, response.Body).Errors
		if hasData || response.Status != http.StatusBadRequest || len(errs) == 0 {
			t.Errorf("%s %s: status %d, %s", try.query, try.variables, response.Status, response.Body)
			continue
		}
		for _, err := range errs {
			if len(err.Locations) == 0 || err.Path != nil || err.code() != "GRAPHQL_VALIDATION_FAILED" {
				t.Errorf("%s %s: %s", try.query, try.variables, response.Body)
			}
		}
		if strings.Contains(strings.ToLower(string(response.Body)), "canary") {
			t.Errorf("%s %s: repeats a value: %s", try.query, try.variables, response.Body)
		}
		if !strings.Contains(string(response.Body), `"Variable \"`+try.named) && try.named != "" {
			t.Errorf("%s %s: want %s in %s", try.query, try.variables, try.named, response.Body)
		}
	}
}

type locatedError struct {
	responseError

	Locations []struct{ Line, Column int }
}
