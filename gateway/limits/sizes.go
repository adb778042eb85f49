package limits

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// sizes returns the size of a list or page: the largest size in its arguments, or the assumed size in the schema. Lists
// of Query are those of the caller's account. Arguments of other lists could repeat an object, so objects are counted with
// their requested sizes.
func (e *estimator) sizes(cost cost, field *ast.Field) sizes {
	most, given := 0.0, false
	for _, name := range cost.slicing {
		size, ok := e.requestedSize(field, name)
		most, given = max(most, size), given || ok
	}
	if !given {
		most = cost.size
	}
	if slices.Contains(cost.slicing, "first") { // a client can request a smaller page, but not fewer files or IDs
		most = min(most, e.largest)
	}
	found := sizes{min(most, cost.typicalSize), most, most}
	if cost.root {
		found.nodes = found.typical
	}
	return found
}

// requestedSize returns the value of a number or the length of a list. ok is false for null.
func (e *estimator) requestedSize(field *ast.Field, name string) (size float64, ok bool) {
	value := e.valueOf(field, name)
	literal, _ := argument(field, name)
	if value != nil && literal.Kind != ast.ListValue && literal.Kind != ast.Variable && literal.ExpectedType.Elem != nil {
		return 1, true // a single value is a list of one
	}
	return sizeOf(value)
}

func sizeOf(value any) (size float64, ok bool) {
	if value == nil {
		return 0, false
	}
	if list := reflect.ValueOf(value); list.Kind() == reflect.Slice {
		return float64(list.Len()), true
	}
	number, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	if err != nil {
		return 1, true // a single value is a list of one
	}
	return min(max(number, 0), maxCount), true
}
