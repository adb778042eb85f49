package resolvers

import (
	"slices"
	"sort"

	"mstudio-graphql/graph/model"
)

// bounds holds the anchors of a page's cursors, nil without a cursor.
type bounds struct{ after, before *anchor }

// newBounds checks the arguments of a page and decodes its cursors. parse reads the anchor in a cursor.
func newBounds(scope model.Scope, arguments model.PageArguments, maxSize int32, parse func(text string) (*anchor, error)) (found bounds, err error) {
	if err = arguments.Check(maxSize); err == nil {
		found.after, err = decodeCursor(scope, arguments.After, parse)
	}
	if err == nil {
		found.before, err = decodeCursor(scope, arguments.Before, parse)
	}
	return found, err
}

func decodeCursor(scope model.Scope, cursor *string, parse func(text string) (*anchor, error)) (*anchor, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // no bound
	}
	text, err := scope.Decode(*cursor)
	if err != nil {
		return nil, err
	}
	found, err := parse(text)
	if err != nil {
		return nil, model.InvalidCursor()
	}
	return found, nil
}

// sortedPage is a page of a list that the gateway has as a whole and sorts itself.
type sortedPage[T any] struct {
	bounds

	scope       model.Scope
	arguments   model.PageArguments
	order       order[T]
	defaultSize int
}

func newSortedPage[T any](scope model.Scope, arguments model.PageArguments, order order[T], defaultSize int) (*sortedPage[T], error) {
	bounds, err := newBounds(scope, arguments, model.MaxPage, order.parse)
	return &sortedPage[T]{bounds: bounds, scope: scope, arguments: arguments, order: order, defaultSize: defaultSize}, err
}

// isAt reports whether an anchor's row is still in its former place. Only the position distinguishes two rows with the same
// ID.
func (p *sortedPage[T]) isAt(rows []T, anchor *anchor) bool {
	return anchor.position < len(rows) && p.order.compareTo(rows[anchor.position], anchor) == 0
}

// slice sorts the rows of the whole list and returns the page.
func (p *sortedPage[T]) slice(rows []T) *model.Connection[T] {
	slices.SortStableFunc(rows, p.order.compare)
	start, end := 0, len(rows)
	if p.after != nil {
		start = sort.Search(len(rows), func(i int) bool { return p.order.compareTo(rows[i], p.after) > 0 })
		if p.isAt(rows, p.after) {
			start = p.after.position + 1
		}
	}
	if p.before != nil {
		end = sort.Search(len(rows), func(i int) bool { return p.order.compareTo(rows[i], p.before) >= 0 })
		if p.isAt(rows, p.before) {
			end = p.before.position
		}
	}
	cursor := func(i int) string { return p.scope.Encode(p.order.encode(rows[i], i)) }
	return model.Whole(rows).Page(start, end, p.arguments, p.defaultSize, cursor)
}
