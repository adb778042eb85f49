package limits

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// fullList is the @scan directive of a field whose resolver may have to read a full list.
type fullList struct {
	calls                int      // @scan(calls:), 0 without the directive
	neededBy, narrowedBy []string // paths into arguments
}

func readFullList(field *ast.FieldDefinition) fullList {
	directive := field.Directives.ForName("scan")
	if directive == nil {
		return fullList{}
	}
	return fullList{number(directive, "calls"), names(directive, "neededBy"), names(directive, "narrowedBy")}
}

// addFullList records the list that field has to read, if any. The key that distinguishes lists is the argument as
// written in the document, because the value of a variable may be long.
func (e *estimator) addFullList(cost cost, field *ast.Field) {
	list := cost.fullList
	isGiven := func(name string) bool { return e.isGiven(field, name) }
	if list.calls == 0 || len(list.neededBy) > 0 && !slices.ContainsFunc(list.neededBy, isGiven) {
		return
	}
	var key strings.Builder
	key.WriteString(cost.kind.Name)
	for _, name := range list.narrowedBy {
		key.WriteByte(0)
		if value, path := argument(field, name); value != nil && value.Kind != ast.NullValue {
			key.WriteString(value.String() + strings.Join(path, "."))
		}
	}
	if e.fullLists == nil {
		e.fullLists = map[string]int{}
	}
	e.fullLists[key.String()] = max(e.fullLists[key.String()], list.calls)
}

// fullListCalls returns the calls for all full lists. An operation reads each list once.
func (e *estimator) fullListCalls() int {
	total := 0
	for _, calls := range e.fullLists {
		total = plus(total, calls)
	}
	return total
}

// isGiven reports whether an argument, or the member of it at the path name, is neither null nor an empty list.
func (e *estimator) isGiven(field *ast.Field, name string) bool {
	value, path := argument(field, name)
	switch {
	case value == nil || value.Kind == ast.NullValue:
		return false
	case value.Kind == ast.Variable:
		given := lookup(e.variables[value.Raw], path)
		return given != nil && (reflect.TypeOf(given).Kind() != reflect.Slice || reflect.ValueOf(given).Len() > 0)
	case value.Kind == ast.ListValue:
		return len(value.Children) > 0
	}
	return true
}
