package mcp

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxPage is the maximum page size of a tool. A model reads every row.
const maxPage = 50

// maxList is the maximum length of a list that is an argument, as for the lists of mutations.
const maxList = 100

// argument is an argument of a tool, a variable of its document.
type argument struct {
	isPage      bool // the number of items of a page
	isList      bool
	most        int // the largest page or the longest list
	isOptional  bool
	description string
}

// defaultOf returns the default of a variable, and whether it is a page that is too large for a tool, which has another default.
func (a argument) defaultOf(variable *ast.VariableDefinition) (value any, tooLarge bool) {
	if variable.DefaultValue == nil {
		return nil, false
	}
	value, _ = variable.DefaultValue.Value(nil) // valid like the rest of the document
	if size, ok := value.(int64); ok && a.isPage && size > int64(a.most) {
		return json.Number(strconv.Itoa(a.most)), true
	}
	return value, false
}

// ofSize returns a page size, or a list.
func (a argument) ofSize(size int) any {
	if a.isList {
		return make([]any, size)
	}
	return int64(size)
}

func (a argument) maximum() int {
	if a.isList {
		return maxList
	}
	return maxPage
}

// allows reports whether a value is a page size.
func (a argument) allows(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	size, err := number.Float64()
	return err == nil && size >= 1 && size <= float64(a.most)
}
