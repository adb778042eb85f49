package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// change is a difference between two schemas that can affect clients.
type change struct {
	// Coordinate is the schema coordinate that the changelog must name.
	Coordinate string
	Text       string
	// IsBreaking reports whether the change makes operations invalid or values unexpected. Other changes are dangerous: they
	// may surprise a client, as graphql-js defines it, or make an operation costlier.
	IsBreaking bool
	// NeedsDeprecation reports whether the change removes something that was not deprecated before.
	NeedsDeprecation bool
}

func (c change) String() string {
	switch {
	case c.NeedsDeprecation:
		return fmt.Sprintf("breaking, without a deprecation: %s %s", c.Coordinate, c.Text)
	case c.IsBreaking:
		return fmt.Sprintf("breaking: %s %s", c.Coordinate, c.Text)
	default:
		return fmt.Sprintf("dangerous: %s %s", c.Coordinate, c.Text)
	}
}

// element is a part of a schema that has a coordinate.
type element struct {
	kind         string
	parent       string
	typ          *ast.Type // of fields and arguments
	isInput      bool      // clients send it, in contrast to a field of a result
	defaultValue string
	directives   ast.DirectiveList
}

func (e element) isRequired() bool { return e.isInput && e.typ.NonNull && e.defaultValue == "" }

// The kinds of elements without a coordinate of their own. Their key is that of the type, the kind and a name.
const (
	memberKind    = "member"
	interfaceKind = "interface of"
	locationKind  = "location"
)

// elements returns the elements of a schema by coordinate.
func elements(schema *ast.SchemaDocument) map[string]element {
	all := map[string]element{}
	for _, directive := range schema.Directives {
		name := "@" + directive.Name
		all[name] = element{kind: "directive"}
		addArguments(all, name, directive.Arguments)
		for _, location := range directive.Locations {
			all[name+" "+string(location)] = element{kind: locationKind, parent: name}
		}
	}
	for _, definition := range slices.Concat(schema.Definitions, schema.Extensions) {
		addType(all, definition)
	}
	return all
}

func addType(all map[string]element, definition *ast.Definition) {
	name := definition.Name
	all[name] = element{kind: string(definition.Kind), directives: definition.Directives}
	for _, member := range definition.Types {
		all[name+" | "+member] = element{kind: memberKind, parent: name}
	}
	for _, abstract := range definition.Interfaces {
		all[name+" & "+abstract] = element{kind: interfaceKind, parent: name}
	}
	for _, value := range definition.EnumValues {
		all[name+"."+value.Name] = element{kind: "value", parent: name, directives: value.Directives}
	}
	for _, field := range definition.Fields {
		coordinate := name + "." + field.Name
		all[coordinate] = element{
			kind: "field", parent: name, typ: field.Type, isInput: definition.Kind == ast.InputObject,
			defaultValue: valueText(field.DefaultValue), directives: field.Directives,
		}
		addArguments(all, coordinate, field.Arguments)
	}
}

func addArguments(all map[string]element, parent string, arguments ast.ArgumentDefinitionList) {
	for _, argument := range arguments {
		all[parent+"("+argument.Name+":)"] = element{
			kind: "argument", parent: parent, typ: argument.Type, isInput: true,
			defaultValue: valueText(argument.DefaultValue), directives: argument.Directives,
		}
	}
}

func valueText(value *ast.Value) string {
	if value == nil {
		return ""
	}
	return value.String()
}

// changes returns the breaking and dangerous changes from one schema to another, sorted by coordinate. It omits the parts
// of a type or field that is removed or added as a whole.
func changes(before, after *ast.SchemaDocument) []change {
	was, is := elements(before), elements(after)
	var found []change
	for key, old := range was {
		current, ok := is[key]
		_, parentRemains := is[old.parent]
		switch {
		case ok:
			found = append(found, changed(key, old, current)...)
		case old.parent == "" || parentRemains:
			found = append(found, removed(key, old))
		}
	}
	for key, current := range is {
		_, existed := was[key]
		if _, parentExisted := was[current.parent]; !existed && parentExisted {
			found = append(found, added(key, current)...)
		}
	}
	slices.SortFunc(found, func(a, b change) int { return strings.Compare(a.String(), b.String()) })
	return found
}

func removed(key string, old element) change {
	coordinate, _, isPart := strings.Cut(key, " ")
	if isPart {
		return change{Coordinate: coordinate, Text: "loses " + strings.TrimPrefix(key, coordinate+" "), IsBreaking: true}
	}
	// Types and directives cannot be deprecated.
	needs := old.parent != "" && !strings.HasPrefix(key, "@") && old.directives.ForName("deprecated") == nil
	return change{Coordinate: coordinate, Text: "is removed", IsBreaking: true, NeedsDeprecation: needs}
}

func added(key string, current element) []change {
	coordinate, _, isPart := strings.Cut(key, " ")
	switch {
	case current.kind == locationKind:
		return nil
	case isPart:
		return []change{{Coordinate: coordinate, Text: "gains " + strings.TrimPrefix(key, coordinate+" ")}}
	case current.isInput && current.isRequired():
		return []change{{Coordinate: coordinate, Text: "is added and required", IsBreaking: true}}
	case current.isInput, current.kind == "value":
		return []change{{Coordinate: coordinate, Text: "is added"}}
	}
	return nil
}

func changed(coordinate string, old, current element) []change {
	if old.kind != current.kind {
		return []change{{Coordinate: coordinate, Text: "changes from " + old.kind + " to " + current.kind, IsBreaking: true}}
	}
	var found []change
	if old.typ != nil && !isSafe(old.typ, current.typ, old.isInput) {
		found = append(found, change{Coordinate: coordinate, Text: fmt.Sprintf("changes from %s to %s", old.typ, current.typ), IsBreaking: true})
	}
	if old.defaultValue != current.defaultValue {
		text := fmt.Sprintf("changes its default from %q to %q", old.defaultValue, current.defaultValue)
		found = append(found, change{Coordinate: coordinate, Text: text})
	}
	return append(found, changedDirectives(coordinate, old.directives, current.directives)...)
}

// isSafe reports whether clients of the old type can use the new one: a result may become non-null, an input nullable.
func isSafe(old, current *ast.Type, isInput bool) bool {
	loose, strict := old, current
	if isInput {
		loose, strict = current, old
	}
	switch {
	case loose.NonNull && !strict.NonNull, (old.Elem == nil) != (current.Elem == nil):
		return false
	case old.Elem == nil:
		return old.NamedType == current.NamedType
	}
	return isSafe(old.Elem, current.Elem, isInput)
}

// changedDirectives returns the changes of the directives that clients and routers rely on.
func changedDirectives(coordinate string, old, current ast.DirectiveList) []change {
	var found []change
	for _, name := range []string{"key", "shareable", "semanticNonNull", "specifiedBy", "oneOf", "deprecated", "cost", "scan"} {
		was, is := directiveText(old, name), directiveText(current, name)
		isCost := name == "cost" || name == "scan"
		switch {
		case was == is, was == "" && !isCost && name != "oneOf" && name != "deprecated", is == "" && (isCost || name == "oneOf" || name == "deprecated"):
		case was == "":
			found = append(found, change{Coordinate: coordinate, Text: "gains @" + name, IsBreaking: name == "oneOf"})
		case name == "deprecated": // only the reason changes
		case isCost:
			found = append(found, change{Coordinate: coordinate, Text: "changes @" + name + " from " + was + " to " + is})
		default:
			found = append(found, change{Coordinate: coordinate, Text: "loses or changes @" + name, IsBreaking: true})
		}
	}
	return found
}

// directiveText returns the arguments of the directives with this name, without the filters that need a scan: a new filter
// changes no existing operation.
func directiveText(list ast.DirectiveList, name string) string {
	var text []string
	for _, directive := range list.ForNames(name) {
		arguments := map[string]string{}
		for _, argument := range directive.Arguments {
			if argument.Name != "neededBy" && argument.Name != "narrowedBy" {
				arguments[argument.Name] = argument.Value.String()
			}
		}
		text = append(text, fmt.Sprint("(", arguments, ")"))
	}
	return strings.Join(text, " ")
}

func parseSDL(t *testing.T, text string) *ast.SchemaDocument {
	t.Helper()
	document, err := parser.ParseSchema(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// Each change is of one line of the schema below.
func TestChanges(t *testing.T) {
	t.Parallel()
	const before = `
directive @semanticNonNull on FIELD_DEFINITION | OBJECT
directive @cost(weight: Int!) on FIELD_DEFINITION
interface Node { id: ID! }
type Ticket implements Node @key(fields: "id") {
  id: ID!
  isClosed: Boolean!
  old: Int @deprecated(reason: "Use new.")
  messages(first: Int, internal: Boolean! = false): [Message!] @cost(weight: 1) @semanticNonNull
}
type Text { content: String }
type Event { code: String! }
union Message = Text | Event
enum Status { OPEN CLOSED }
input Filter { status: Status search: String! = "" }
`
	tests := map[string]struct {
		old, new string
		want     []string
	}{
		"nothing":               {"", "", nil},
		"new field":             {"old: Int", "old: Int title: String!", nil},
		"new type":              {"union Message", "type New { a(b: Int!): Int } union Message", nil},
		"stricter result":       {"(first: Int, internal: Boolean! = false): [Message!]", "(first: Int, internal: Boolean! = false): [Message!]!", nil},
		"looser input":          {"search: String! =", "search: String =", nil},
		"nullable":              {"isClosed: Boolean!", "isClosed: Boolean", []string{"breaking: Ticket.isClosed changes from Boolean! to Boolean"}},
		"nullable element":      {"[Message!]", "[Message]", []string{"breaking: Ticket.messages changes from [Message!] to [Message]"}},
		"other type":            {"code: String!", "code: Status!", []string{"breaking: Event.code changes from String! to Status!"}},
		"stricter input":        {"status: Status", "status: Status!", []string{"breaking: Filter.status changes from Status to Status!"}},
		"removed field":         {"isClosed: Boolean!", "", []string{"breaking, without a deprecation: Ticket.isClosed is removed"}},
		"removed after warning": {`old: Int @deprecated(reason: "Use new.")`, "", []string{"breaking: Ticket.old is removed"}},
		"removed argument":      {"first: Int, ", "", []string{"breaking, without a deprecation: Ticket.messages(first:) is removed"}},
		"removed value":         {"OPEN CLOSED", "OPEN", []string{"breaking, without a deprecation: Status.CLOSED is removed"}},
		"removed type":          {"type Event { code: String! }", "", []string{"breaking: Event is removed"}},
		"removed member":        {"Text | Event", "Text", []string{"breaking: Message loses | Event"}},
		"removed interface":     {"implements Node ", "", []string{"breaking: Ticket loses & Node"}},
		"removed key":           {`@key(fields: "id") `, "", []string{"breaking: Ticket loses or changes @key"}},
		"removed location":      {" | OBJECT", "", []string{"breaking: @semanticNonNull loses OBJECT"}},
		"nulls without errors":  {"@cost(weight: 1) @semanticNonNull", "@cost(weight: 1)", []string{"breaking: Ticket.messages loses or changes @semanticNonNull"}},
		"new required argument": {"first: Int,", "first: Int, last: Int!,", []string{"breaking: Ticket.messages(last:) is added and required"}},
		"new argument":          {"first: Int,", "first: Int, last: Int,", []string{"dangerous: Ticket.messages(last:) is added"}},
		"new required input":    {"status: Status", "status: Status id: ID!", []string{"breaking: Filter.id is added and required"}},
		"changed default":       {"= false", "= true", []string{`dangerous: Ticket.messages(internal:) changes its default from "false" to "true"`}},
		"new value":             {"OPEN CLOSED", "OPEN CLOSED WAITING", []string{"dangerous: Status.WAITING is added"}},
		"new member":            {"Text | Event", "Text | Event | Ticket", []string{"dangerous: Message gains | Ticket"}},
		"new interface":         {"type Text", "type Text implements Node", []string{"dangerous: Text gains & Node"}},
		"new deprecation":       {"content: String", "content: String @deprecated", []string{"dangerous: Text.content gains @deprecated"}},
		"higher cost":           {"(weight: 1)", "(weight: 2)", []string{"dangerous: Ticket.messages changes @cost from (map[weight:1]) to (map[weight:2])"}},
		"new cost":              {"content: String", "content: String @cost(weight: 1)", []string{"dangerous: Text.content gains @cost"}},
		"other kind":            {"type Text {", "input Text {", []string{"breaking: Text changes from OBJECT to INPUT_OBJECT"}},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		test := tests[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(before, test.old) {
				t.Fatalf("the schema has no %q", test.old)
			}
			after := strings.Replace(before, test.old, test.new, 1)
			var got []string
			for _, change := range changes(parseSDL(t, before), parseSDL(t, after)) {
				got = append(got, change.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
