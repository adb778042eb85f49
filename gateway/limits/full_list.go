package limits

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addFullList records the list if the field has to read it. An operation reads each list once.
func (e *estimator) addFullList(of listOf, at *step) {
	key, known := e.known.lists[of]
	if !known {
		key = e.listKey(of)
		e.known.lists[of] = key
	}
	if key == "" || e.once[key] {
		return
	}
	e.addOnce(key, at.calls(e.typicalCalls(of), of.list.calls))
	if names := of.list.narrowedBy; len(names) > 0 && !e.isAnyGiven(of.field, names) {
		e.hints = append(e.hints, at.String()+" reads a full list: "+strings.Join(names, " or ")+" would shorten it")
	}
}

// typicalCalls returns the typical number of calls for the list. Arguments that narrow it, beside those that need it, typically
// leave half of it.
func (e *estimator) typicalCalls(of listOf) float64 {
	isNarrowed := func(name string) bool { return !slices.Contains(of.list.neededBy, name) && e.isGiven(of.field, name) }
	if slices.ContainsFunc(of.list.narrowedBy, isNarrowed) {
		return of.list.typical / 2
	}
	return of.list.typical
}

// addOnce adds calls that the operation makes once.
func (e *estimator) addOnce(key string, calls amount) {
	if e.once[key] {
		return
	}
	if e.once == nil {
		e.once = map[string]bool{}
	}
	e.once[key] = true
	e.onceCalls = e.onceCalls.plus(calls)
}

// listKey returns a text that distinguishes lists, or "" if the field needs none. It contains arguments as written in the
// document, because the value of a variable may be long.
func (e *estimator) listKey(of listOf) string {
	isNeededBy := func(name string) bool {
		text, _ := e.valueOf(of.field, name).(string)
		return e.isGiven(of.field, name) && (of.list.matching == nil || of.list.matching.MatchString(strings.TrimSpace(text)))
	}
	if len(of.list.neededBy) > 0 && !slices.ContainsFunc(of.list.neededBy, isNeededBy) {
		return ""
	}
	var key strings.Builder
	key.WriteString(of.list.name)
	for _, name := range of.list.narrowedBy {
		key.WriteByte(0)
		if value, path := argument(of.field, name); value != nil && value.Kind != ast.NullValue {
			key.WriteString(value.String() + strings.Join(path, "."))
		}
	}
	return key.String()
}

func (e *estimator) isAnyGiven(field *ast.Field, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return e.isGiven(field, name) })
}
