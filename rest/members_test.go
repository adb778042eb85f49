package rest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// member is a member of a JSON object with a value, and what it changes in the decoded object.
type member[T any] struct {
	value  string
	change func(*T)
}

// wantMembers tests the decoder function, or the type with api tags, of this name: it must read the members in the table
// and no others, and each must change what the table says. If it changes a field of an enum's type, an unknown value must be
// reported. others are members that every document of the test has.
func wantMembers[T any](t *testing.T, function, others string, read func(*decoder) *T, members map[string]member[T]) {
	t.Helper()
	wantEqual(t, "members that "+function+" reads", slices.Sorted(maps.Keys(members)), decoderFunctions(t)[function])
	for name, member := range members {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			without := "{" + others + "}"
			with := strings.TrimPrefix(others+`,"`+name+`":`, ",")
			want := decoded(without, read)
			member.change(want)
			wantEqual(t, "with "+name, want, decoded("{"+with+member.value+"}", read))
			wantReport(t, "{"+with, decoded(without, read), want, read)
			wantNotes(t, "{"+with, member.value, read)
		})
	}
}

// wantNotes fails the test unless the member that a document ends with is noted if its value has another kind than value,
// an element of its array has, or its time cannot be parsed, and only then. Notes must name a field and contain no value.
func wantNotes[T any](t *testing.T, document, value string, read func(*decoder) *T) {
	t.Helper()
	wantNote := func(kind DriftKind, values ...string) {
		t.Helper()
		for _, value := range values {
			notes := driftIn(document+value+"}", read)
			notes = slices.DeleteFunc(notes, func(note Drift) bool {
				return kind == "" && note.Kind == DriftMissing || hasAnyKind(note, DriftValue, DriftTag)
			})
			if kind != "" {
				notes = slices.DeleteFunc(notes, func(note Drift) bool { return note.Kind == DriftMissing })
				if len(notes) != 1 || notes[0].Kind != kind || !strings.Contains(notes[0].Field, ".") || strings.Contains(notes[0].Field, canary) {
					t.Errorf("%s: want one note of kind %s, got %v", value, kind, notes)
				}
			} else if len(notes) > 0 {
				t.Errorf("%s: got %v", value, notes)
			}
		}
	}
	wantNote("", value, "null")
	switch wrong := `{"` + canary + `":"` + canary + `"}`; value[0] {
	case '{':
		wantNote(DriftType, `"`+canary+`"`, `["`+canary+`"]`, "1", "true")
	case '[':
		wantNote(DriftType, `"`+canary+`"`, wrong, "1", "true")
		wantNote(DriftElement, "[null]", "[[]]", "[[1],"+strings.TrimPrefix(value, "["))
	default:
		wantNote(DriftType, wrong, `["`+canary+`"]`)
	}
	if _, isTime := parseTime(strings.Trim(value, `"`)); isTime && strings.Contains(value, "-") {
		wantNote(DriftDate, `"`+canary+`"`, `""`)
	}
}

func hasAnyKind(note Drift, kinds ...DriftKind) bool { return slices.Contains(kinds, note.Kind) }

// enumInterface is implemented by the types of enums.
type enumInterface interface{ isKnown() bool }

// wantReport fails the test unless an unknown value of the member that a document ends with is reported. It finds the
// fields of enums that the member changes by comparing an object without it to one with it.
func wantReport[T any](t *testing.T, document string, without, with *T, read func(*decoder) *T) {
	t.Helper()
	before, after := reflect.ValueOf(without).Elem(), reflect.ValueOf(with).Elem()
	if after.Kind() != reflect.Struct {
		return
	}
	for field := range after.Type().Fields() {
		kind, value := field.Type, `"brandNew"}`
		if kind.Kind() == reflect.Slice {
			kind, value = kind.Elem(), `["brandNew"]}`
		}
		if !kind.Implements(reflect.TypeFor[enumInterface]()) || diff(before.FieldByIndex(field.Index).Interface(), after.FieldByIndex(field.Index).Interface()) == "" {
			continue
		}
		place := after.Type().Name() + "." + strings.ToLower(field.Name[:1]) + field.Name[1:]
		wantEqual(t, "unknown values", []string{place + " brandNew"}, unknownIn(document+value, read))
	}
}

// decoded decodes a document. It may lack a member without which it is an error.
func decoded[T any](document string, read func(*decoder) *T) *T {
	object, _ := decode([]byte(document), "http://localhost/v2/files/", read)
	return object
}

// pointer makes a decoder function return a pointer.
func pointer[T any](read func(*decoder) T) func(*decoder) *T {
	return func(d *decoder) *T { return new(read(d)) }
}

// fieldsInto makes a decoder function that reads one member of an object of a type return the object.
func fieldsInto[T any](of string, read func(*decoder, *T, []byte)) func(*decoder) *T {
	return func(d *decoder) *T {
		object := new(T)
		d.object(of, func(name []byte) { read(d, object, name) })
		return object
	}
}

// Each function or type that decodes members has a table of them in a test. Add a row to the table if you add a member.
func TestEveryMemberIsTested(t *testing.T) {
	t.Parallel()
	var tested []string
	for _, file := range parsePackage(t, true) {
		for node := range ast.Preorder(file) {
			if call, ok := node.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "wantMembers" {
					tested = append(tested, literal(call.Args[1]))
				}
			}
		}
	}
	slices.Sort(tested)
	wantEqual(t, "functions whose members are tested", slices.Sorted(maps.Keys(decoderFunctions(t))), tested)
}

// decoderFunctions returns the sorted names of the members that each function or type of the package decodes: a function
// compares them with string(name), and a type has them in its api tags.
func decoderFunctions(t *testing.T) map[string][]string {
	t.Helper()
	functions := map[string][]string{}
	for _, file := range parsePackage(t, false) {
		for _, declaration := range file.Decls {
			name, members := declared(declaration)
			if len(members) > 0 {
				slices.Sort(members)
				functions[name] = members
			}
		}
	}
	return functions
}

// declared returns the name of a function or type, and of the members that it decodes.
func declared(declaration ast.Decl) (name string, members []string) {
	for node := range ast.Preorder(declaration) {
		switch node := node.(type) {
		case *ast.FuncDecl:
			name = node.Name.Name
		case *ast.TypeSpec:
			name = node.Name.Name
		case *ast.Field:
			if node.Tag != nil {
				member, _, _ := strings.Cut(reflect.StructTag(literal(node.Tag)).Get("api"), ",")
				members = append(members, strings.Fields(member)...)
			}
		}
		members = append(members, comparedNames(node)...)
	}
	return name, members
}

// comparedNames returns the literals that a switch or an equation compares with string(name).
func comparedNames(node ast.Node) (names []string) {
	switch node := node.(type) {
	case *ast.SwitchStmt:
		if !isName(node.Tag) {
			return nil
		}
		for _, clause := range node.Body.List {
			for _, expression := range clause.(*ast.CaseClause).List {
				names = append(names, literal(expression))
			}
		}
	case *ast.BinaryExpr:
		if isName(node.X) && literal(node.Y) != "" {
			names = append(names, literal(node.Y))
		}
	}
	return names
}

// isName reports whether an expression is string(x).
func isName(expression ast.Expr) bool {
	call, ok := expression.(*ast.CallExpr)
	if !ok {
		return false
	}
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "string"
}

func literal(expression ast.Expr) string {
	if literal, ok := expression.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			return text
		}
	}
	return ""
}

// parsePackage parses the package's test files, or its other files.
func parsePackage(t *testing.T, tests bool) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// first returns a pointer to the first of two results.
func first[T any](value T, _ bool) *T { return &value }
