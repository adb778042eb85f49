package gateway_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// checkNulls fails the test if a response to a valid document has a null that @semanticNonNull excludes: one without an
// error at its path or below.
func checkNulls(t testing.TB, schema *ast.Schema, text, operation string, body []byte) {
	t.Helper()
	document, err := gqlparser.LoadQueryWithRules(schema, text, nil)
	if err != nil {
		return
	}
	var response struct {
		Data   map[string]any
		Errors []struct{ Path []any }
	}
	if err := json.Unmarshal(body, &response); err != nil || response.Data == nil {
		return
	}
	check := nullCheck{unexpected: func(path []any) bool {
		for _, err := range response.Errors {
			if len(err.Path) >= len(path) && slices.Equal(err.Path[:len(path)], path) {
				return false
			}
		}
		return true
	}}
	if len(document.Operations) > 1 {
		document.Operations = slices.DeleteFunc(document.Operations, func(o *ast.OperationDefinition) bool { return o.Name != operation })
	}
	check.object([]ast.SelectionSet{document.Operations[0].SelectionSet}, response.Data, nil)
	for _, path := range check.found {
		t.Errorf("%v is null without an error, in spite of @semanticNonNull, in\n%s\n%.2000s", path, text, body)
	}
}

// nullCheck collects the paths of nulls that have no error.
type nullCheck struct {
	unexpected func(path []any) bool
	found      [][]any
}

// object checks the members of an object that any of the selections select.
func (c *nullCheck) object(selections []ast.SelectionSet, object map[string]any, path []any) {
	fields := map[string][]*ast.Field{}
	for _, selection := range selections {
		collectFields(selection, fields)
	}
	for key, value := range object {
		c.value(fields[key], value, append(slices.Clip(path), key), 0)
	}
}

// collectFields adds the fields by response key, whatever the type of the object. Fields of different types may share a key.
func collectFields(selection ast.SelectionSet, fields map[string][]*ast.Field) {
	for _, each := range selection {
		switch each := each.(type) {
		case *ast.Field:
			fields[each.Alias] = append(fields[each.Alias], each)
		case *ast.InlineFragment:
			collectFields(each.SelectionSet, fields)
		case *ast.FragmentSpread:
			collectFields(each.Definition.SelectionSet, fields)
		}
	}
}

func (c *nullCheck) value(fields []*ast.Field, value any, path []any, level int) {
	switch value := value.(type) {
	case nil:
		isExcluded := func(field *ast.Field) bool { return excludesNull(field.Definition, level) }
		if len(fields) > 0 && !slices.ContainsFunc(fields, func(field *ast.Field) bool { return !isExcluded(field) }) && c.unexpected(path) {
			c.found = append(c.found, path)
		}
	case []any:
		for i, element := range value {
			c.value(fields, element, append(slices.Clip(path), float64(i)), level+1)
		}
	case map[string]any:
		var below []ast.SelectionSet
		for _, field := range fields {
			below = append(below, field.SelectionSet)
		}
		c.object(below, value, path)
	}
}

// excludesNull reports whether @semanticNonNull excludes a null at this level.
func excludesNull(field *ast.FieldDefinition, level int) bool {
	directive := field.Directives.ForName("semanticNonNull")
	if directive == nil {
		return false
	}
	levels := directive.Arguments.ForName("levels")
	if levels == nil {
		return level == 0
	}
	return slices.ContainsFunc(levels.Value.Children, func(child *ast.ChildValue) bool { return child.Value.Raw == strconv.Itoa(level) })
}

func TestCheckNulls(t *testing.T) {
	t.Parallel()
	const query = `{ viewer { id } open: conversations { totalCount } node(id: "x") { ... on Project { conversations { totalCount } } } }`
	tests := map[string]struct {
		body string
		want int
	}{
		"no null":           {`{"data":{"viewer":{"id":"u"},"open":{"totalCount":null},"node":null}}`, 0},
		"null with error":   {`{"errors":[{"path":["viewer"]}],"data":{"viewer":null}}`, 0},
		"error below":       {`{"errors":[{"path":["viewer","id"]}],"data":{"viewer":null}}`, 0},
		"error elsewhere":   {`{"errors":[{"path":["open"]}],"data":{"viewer":null,"open":null}}`, 1},
		"error above":       {`{"errors":[{"path":["node"]}],"data":{"node":{"conversations":null}}}`, 1},
		"two without error": {`{"data":{"viewer":null,"open":null}}`, 2},
	}
	schema := publicSchema(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counter := &failureCounter{TB: t}
			checkNulls(counter, schema, query, "", []byte(test.body))
			diff(t, "failures", test.want, counter.failures)
		})
	}
}

// failureCounter counts failures instead of failing.
type failureCounter struct {
	testing.TB

	failures int
}

func (f *failureCounter) Errorf(string, ...any) { f.failures++ }
