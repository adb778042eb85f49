package limits

import (
	"unique"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxSteps is the number of visited selections after which an estimate stops and returns maxCount. Selections on
// abstract types are visited once per possible object, so the steps can exceed the number of fields.
const maxSteps = 200_000

// estimator estimates one operation with its variables.
type estimator struct {
	checker   *Checker
	document  *ast.QueryDocument
	variables map[string]any
	read      map[string]bool // the variables that the estimate depends on
	largest   float64         // size of a page
	steps     int
	once      map[string]bool // full lists and other things that the operation fetches once
	onceCalls amount
	hints     []string
	known     known
}

// known holds what estimates of the same operation and variables share. A field can be visited thousands of times, and its
// arguments can be as long as the document.
type known struct {
	calls map[*ast.Field]unique.Handle[string]
	lists map[listOf]string
}

// listOf is the full list that a field may have to read.
type listOf struct {
	field *ast.Field
	list  *fullList
}

func (c *Checker) estimator(document *ast.QueryDocument, variables map[string]any) *estimator {
	shared := known{calls: map[*ast.Field]unique.Handle[string]{}, lists: map[listOf]string{}}
	return &estimator{checker: c, document: document, variables: variables, largest: maxCount, known: shared}
}

// withPages returns an estimator for the same operation whose pages have at most this size.
func (e *estimator) withPages(size float64) *estimator {
	return &estimator{checker: e.checker, document: e.document, variables: e.variables, largest: size, known: e.known}
}

// evaluate returns the value of a literal with the variables in it.
func (e *estimator) evaluate(literal *ast.Value) (any, error) {
	e.markRead(literal)
	return literal.Value(e.variables)
}

func (e *estimator) markRead(literal *ast.Value) {
	if literal.Kind == ast.Variable {
		if e.read == nil {
			e.read = map[string]bool{}
		}
		e.read[literal.Raw] = true
	}
	for _, child := range literal.Children {
		e.markRead(child.Value)
	}
}

func (e *estimator) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return e.checker.schema.Mutation
	case ast.Subscription:
		return e.checker.schema.Subscription
	default:
		return e.checker.schema.Query
	}
}
