package limits

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// scan is what the schema says about a field that is taken from a list which has to be read as a whole.
type scan struct {
	calls                int      // @scan(calls:), 0 if there is none
	neededBy, narrowedBy []string // members of arguments
}

func readScan(field *ast.FieldDefinition) scan {
	directive := field.Directives.ForName("scan")
	if directive == nil {
		return scan{}
	}
	return scan{number(directive, "calls"), names(directive, "neededBy"), names(directive, "narrowedBy")}
}

// scan notes the list that a field has to read, under what tells it from other lists: what is written there, because the
// value of a variable may be long.
func (e *estimator) scan(price price, field *ast.Field) {
	isGiven := func(name string) bool { return e.isGiven(field, name) }
	if price.scan.calls == 0 || len(price.scan.neededBy) > 0 && !slices.ContainsFunc(price.scan.neededBy, isGiven) {
		return
	}
	var key strings.Builder
	key.WriteString(price.kind.Name)
	for _, name := range price.scan.narrowedBy {
		key.WriteByte(0)
		if value, path := argument(field, name); value != nil && value.Kind != ast.NullValue {
			key.WriteString(value.String() + strings.Join(path, "."))
		}
	}
	if e.scans == nil {
		e.scans = map[string]int{}
	}
	e.scans[key.String()] = max(e.scans[key.String()], price.scan.calls)
}

// scanned is how many calls all lists take together: each is read once.
func (e *estimator) scanned() int {
	total := 0
	for _, calls := range e.scans {
		total = plus(total, calls)
	}
	return total
}

// isGiven reports whether a member of an argument has a value that is no empty list.
func (e *estimator) isGiven(field *ast.Field, name string) bool {
	value, path := argument(field, name)
	switch {
	case value == nil || value.Kind == ast.NullValue:
		return false
	case value.Kind == ast.Variable:
		given := inside(e.variables[value.Raw], path)
		return given != nil && (reflect.TypeOf(given).Kind() != reflect.Slice || reflect.ValueOf(given).Len() > 0)
	case value.Kind == ast.ListValue:
		return len(value.Children) > 0
	}
	return true
}
