package limits

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addFullList records the list that field has to read, if any. An operation reads each list once. The key that
// distinguishes lists is the argument as written in the document, because the value of a variable may be long.
func (e *estimator) addFullList(cost cost, field *ast.Field, at *step) {
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
	if e.lists[key.String()] {
		return
	}
	if e.lists == nil {
		e.lists = map[string]bool{}
	}
	e.lists[key.String()] = true
	if len(list.narrowedBy) > 0 && !slices.ContainsFunc(list.narrowedBy, isGiven) {
		e.hints = append(e.hints, at.String()+" reads a full list: "+strings.Join(list.narrowedBy, " or ")+" would shorten it")
	}
	e.listCalls = e.listCalls.plus(at.calls(list.typical, list.calls))
}
