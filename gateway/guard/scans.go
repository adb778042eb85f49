package guard

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// scan is what the schema says about a field that is taken from a list which has to be read as a whole.
type scan struct {
	calls                int        // @scan(calls:), 0 if there is none
	neededBy, narrowedBy [][]string // paths in the arguments
}

func readScan(field *ast.FieldDefinition) scan {
	directive := field.Directives.ForName("scan")
	if directive == nil {
		return scan{}
	}
	return scan{number(directive, "calls"), paths(names(directive, "neededBy")), paths(names(directive, "narrowedBy"))}
}

func paths(texts []string) [][]string {
	var list [][]string
	for _, text := range texts {
		list = append(list, strings.Split(text, "."))
	}
	return list
}

// scan notes the list that a field has to read, under what tells it from other lists.
func (e *estimator) scan(price price, field *ast.Field) {
	of := price.scan
	isGiven := func(path []string) bool { return e.isGiven(field, path) }
	if of.calls == 0 || len(of.neededBy) > 0 && !slices.ContainsFunc(of.neededBy, isGiven) {
		return
	}
	var key strings.Builder
	key.WriteString(price.kind.Name)
	for _, path := range of.narrowedBy {
		if e.isGiven(field, path) {
			key.WriteString(argumentText(field, path))
		}
		key.WriteByte(0)
	}
	if e.scans == nil {
		e.scans = map[string]int{}
	}
	e.scans[key.String()] = max(e.scans[key.String()], of.calls)
}

// scanned is how many calls all lists take together: each is read once.
func (e *estimator) scanned() int {
	total := 0
	for _, calls := range e.scans {
		total = plus(total, calls)
	}
	return total
}

// isGiven reports whether a member of an argument has a value that is not empty.
func (e *estimator) isGiven(field *ast.Field, path []string) bool {
	value := argumentAt(field, path[:1])
	if value != nil && value.Kind == ast.Variable {
		return isSomething(member(e.variables[value.Raw], path[1:]))
	}
	value = argumentAt(field, path)
	switch {
	case value == nil || value.Kind == ast.NullValue:
		return false
	case value.Kind == ast.Variable:
		return isSomething(e.variables[value.Raw])
	case value.Kind == ast.ListValue:
		return len(value.Children) > 0
	}
	return true
}

// argumentAt is the value at a path as it is written; nil if there is none.
func argumentAt(field *ast.Field, path []string) *ast.Value {
	argument := field.Arguments.ForName(path[0])
	if argument == nil {
		return nil
	}
	value := argument.Value
	for _, name := range path[1:] {
		value = value.Children.ForName(name)
		if value == nil {
			return nil
		}
	}
	return value
}

// argumentText is what is written at a path, or the variable that its argument is.
func argumentText(field *ast.Field, path []string) string {
	if value := argumentAt(field, path); value != nil {
		return value.String()
	}
	return argumentAt(field, path[:1]).String()
}

func member(value any, path []string) any {
	for _, name := range path {
		members, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = members[name]
	}
	return value
}

// isSomething reports whether there is a value that is no empty list.
func isSomething(value any) bool {
	if value == nil {
		return false
	}
	list := reflect.ValueOf(value)
	return list.Kind() != reflect.Slice || list.Len() > 0
}
