package drift_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gql "github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/rest"
)

// sources parses the client.
func sources(t *testing.T) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob("../../rest/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// constantsOf returns the sorted values of the constants of a type.
func constantsOf(t *testing.T, name string) (values []string) {
	t.Helper()
	for _, file := range sources(t) {
		for node := range ast.Preorder(file) {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				continue
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == name && len(spec.Values) == 1 {
				values = append(values, literal(spec.Values[0]))
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// literalsOf returns the values of the typed constants of the client, and the names of references that it compares with.
func literalsOf(t *testing.T) (values []string) {
	t.Helper()
	for _, file := range sources(t) {
		for node := range ast.Preorder(file) {
			switch node := node.(type) {
			case *ast.ValueSpec:
				if node.Type != nil && len(node.Values) == 1 {
					values = append(values, literal(node.Values[0]))
				}
			case *ast.CaseClause:
				for _, expression := range node.List {
					values = append(values, literal(expression))
				}
			}
		}
	}
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(value string) bool { return !regexp.MustCompile(`^[A-Za-z_]+(/[A-Za-z]+)?$`).MatchString(value) })
}

// vocabularyOf returns the names of all members that the client may read: texts that it compares something with, and its tags.
func vocabularyOf(t *testing.T) (names []string) {
	t.Helper()
	for _, file := range sources(t) {
		for node := range ast.Preorder(file) {
			switch node := node.(type) {
			case *ast.CaseClause:
				for _, expression := range node.List {
					names = append(names, literal(expression))
				}
			case *ast.BinaryExpr:
				names = append(names, literal(node.Y))
			case *ast.Field:
				if node.Tag != nil {
					member, _, _ := strings.Cut(reflect.StructTag(literal(node.Tag)).Get("api"), ",")
					names = append(names, member)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(name) })
}

func literal(expression ast.Expr) string {
	if literal, ok := expression.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			return text
		}
	}
	return ""
}

// difference is a field, such as "User.Name", in which two results differ, and what is left of its value.
type difference struct {
	field string
	left  string
}

// differing returns the fields in which two results differ.
func differing(a, b any) (fields []difference) {
	compareValues(reflect.ValueOf(a), reflect.ValueOf(b), "", &fields)
	return fields
}

func compareValues(a, b reflect.Value, field string, fields *[]difference) {
	for a.Kind() == reflect.Interface || a.Kind() == reflect.Pointer {
		if b.Kind() != a.Kind() || a.IsNil() || b.IsNil() {
			break
		}
		if a.Kind() == reflect.Interface && a.Elem().Type() != b.Elem().Type() {
			*fields = append(*fields, difference{field, "clients get an Unknown… type"})
			return
		}
		a, b = a.Elem(), b.Elem()
	}
	if !a.IsValid() || !b.IsValid() || a.CanInterface() && reflect.DeepEqual(a.Interface(), b.Interface()) { //nolint:forbidigo // the results have unexported fields
		return
	}
	switch {
	case a.Type() == reflect.TypeFor[rest.Secret]() && b.Kind() == reflect.Struct: // it differs only in the message around it
	case a.Kind() == reflect.Struct && b.Kind() == reflect.Struct && a.Type() != reflect.TypeFor[time.Time]() && a.Type() != reflect.TypeFor[rest.Text]():
		compareStructs(a, b, a.Type().Name(), fields)
	case a.Kind() == reflect.Slice && b.Kind() == reflect.Slice && a.Len() == b.Len():
		for i := range a.Len() {
			compareValues(a.Index(i), b.Index(i), field, fields)
		}
	case strings.HasSuffix(field, ".ID") && b.Kind() == reflect.String && b.Len() > 0:
		*fields = append(*fields, difference{field, "clients get a derived ID"})
	default:
		*fields = append(*fields, difference{field, ""})
	}
}

// compareStructs compares the exported fields. Those of an embedded struct belong to the type around it.
func compareStructs(a, b reflect.Value, name string, fields *[]difference) {
	name, _, _ = strings.Cut(name, "[")
	for i := range a.NumField() {
		field := a.Type().Field(i)
		switch {
		case field.Anonymous && field.Type.Kind() == reflect.Struct:
			compareStructs(a.Field(i), b.Field(i), name, fields)
		case field.IsExported():
			compareValues(a.Field(i), b.Field(i), name+"."+field.Name, fields)
		}
	}
}

// coordinateOf returns the coordinate of a field of the client's results in the schema, and what a client gets if mStudio omits
// it. Both are "" if no schema field shows it.
func coordinateOf(t *testing.T, field string) (coordinate, absent string) {
	t.Helper()
	typeName, name, _ := strings.Cut(field, ".")
	switch typeName {
	case "ConversationPage", "EntityList", "":
		if name != "Total" {
			return "", "the row is left out, with an error"
		}
		typeName, name = "ConversationConnection", "totalCount"
	case "UnreadNotifications", "NotificationReference":
		typeName, name = "Conversation", "isUnread"
	case "FileRules":
		typeName = "FileUploadRules"
	case "FileMeta":
		typeName = "UploadedFile"
	}
	if field == "FileRules.Limit" {
		name = "maxBytes"
	}
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	definition := schema.Types[typeName]
	if definition == nil {
		return "", ""
	}
	for _, candidate := range []string{name, strings.TrimSuffix(name, "ID"), strings.TrimSuffix(name, "IDs"), name + "s"} {
		for _, f := range definition.Fields {
			if strings.EqualFold(f.Name, candidate) {
				return typeName + "." + f.Name, withoutValue(schema, f)
			}
		}
	}
	if field != "User.Active" && name != "HasDerivedID" { // the first is shown only by ConversationMember
		t.Errorf("no field of the schema for %s", field)
	}
	return "", ""
}

// withoutValue returns what a field is if mStudio omits its value.
func withoutValue(schema *gql.Schema, field *gql.FieldDefinition) string {
	of := schema.Types[field.Type.Name()]
	switch {
	case !field.Type.NonNull:
		return "clients get null"
	case field.Type.Elem != nil:
		return "clients get []"
	case of.Kind == gql.Enum:
		return "clients get UNKNOWN"
	case of.Name == "DateTime":
		return "clients get 1970-01-01T00:00:00.000Z"
	case of.Name == "String", of.Name == "ID":
		return `clients get ""`
	case of.Name == "Boolean":
		return "clients get false"
	}
	return ""
}
