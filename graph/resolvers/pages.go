package resolvers

import (
	"slices"
	"sort"

	"mstudio-graphql/graph/model"
)

// bounds holds the positions that the cursors of a page encode, nil without a cursor.
type bounds[P any] struct{ after, before *P }

// newBounds checks the arguments of a page and decodes its cursors. parse reads the position in a cursor.
func newBounds[P any](scope model.Scope, arguments model.PageArguments, parse func(text string) (P, error)) (found bounds[P], err error) {
	if err = arguments.Check(); err == nil {
		found.after, err = decodeCursor(scope, arguments.After, parse)
	}
	if err == nil {
		found.before, err = decodeCursor(scope, arguments.Before, parse)
	}
	return found, err
}

func decodeCursor[P any](scope model.Scope, cursor *string, parse func(text string) (P, error)) (*P, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // no bound
	}
	text, err := scope.Decode(*cursor)
	if err != nil {
		return nil, err
	}
	position, err := parse(text)
	if err != nil {
		return nil, model.InvalidCursor()
	}
	return &position, nil
}

// sortedPage is a page of a list that the gateway has as a whole and sorts itself.
type sortedPage[T any] struct {
	bounds[[]sortKey]

	scope       model.Scope
	arguments   model.PageArguments
	order       order[T]
	defaultSize int
}

func newSortedPage[T any](scope model.Scope, arguments model.PageArguments, order order[T], defaultSize int) (*sortedPage[T], error) {
	bounds, err := newBounds(scope, arguments, order.parse)
	return &sortedPage[T]{bounds: bounds, scope: scope, arguments: arguments, order: order, defaultSize: defaultSize}, err
}

// slice sorts the rows of the whole list and returns the page.
func (p *sortedPage[T]) slice(rows []T) *model.Connection[T] {
	slices.SortFunc(rows, p.order.compare)
	start, end := 0, len(rows)
	if p.after != nil {
		start = sort.Search(len(rows), func(i int) bool { return p.order.compareTo(rows[i], *p.after) > 0 })
	}
	if p.before != nil {
		end = sort.Search(len(rows), func(i int) bool { return p.order.compareTo(rows[i], *p.before) >= 0 })
	}
	cursor := func(row T) string { return p.scope.Encode(p.order.encode(row)) }
	return model.Slice(rows, start, end, p.arguments, p.defaultSize, cursor)
}
