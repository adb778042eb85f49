package resolvers

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// defaultNamedPage is that of lists that come in one piece.
const defaultNamedPage = 100

// name is what objects are sorted by. The id decides between equal names.
type name struct{ text, id string }

func (n name) compare(other name) int {
	return cmp.Or(cmp.Compare(n.text, other.text), cmp.Compare(n.id, other.id))
}

// namedPage is a page of a list that mStudio sends in one piece, sorted by name.
type namedPage[T any] struct {
	pageBounds[name]

	scope     model.Scope
	arguments model.PageArguments
	nameOf    func(T) name
}

func newNamedPage[T any](scope model.Scope, arguments model.PageArguments, nameOf func(T) name) (*namedPage[T], error) {
	bounds, err := newPageBounds(scope, arguments, parseName)
	return &namedPage[T]{pageBounds: bounds, scope: scope, arguments: arguments, nameOf: nameOf}, err
}

func parseName(text string) (*name, error) {
	var parts [2]string
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return nil, model.BadInput("The cursor is not one of this API.")
	}
	return &name{parts[0], parts[1]}, nil
}

func (p *namedPage[T]) cursor(row T) string {
	at := p.nameOf(row)
	text, _ := json.Marshal([2]string{at.text, at.id}) //nolint:errchkjson // strings can always be encoded
	return p.scope.Encode(string(text))
}

// cut sorts the rows and takes the page out of them. What is behind the limit of mStudio's list is not known, so neither
// is the number of all then.
func (p *namedPage[T]) cut(rows []T, isAll bool) *model.Connection[T] {
	slices.SortFunc(rows, func(a, b T) int { return p.nameOf(a).compare(p.nameOf(b)) })
	total := len(rows)
	start, end := 0, total
	if p.after != nil {
		start, _ = slices.BinarySearchFunc(rows, *p.after, func(row T, at name) int {
			if p.nameOf(row).compare(at) > 0 {
				return 1
			}
			return -1
		})
	}
	if p.before != nil {
		bound, _ := slices.BinarySearchFunc(rows, *p.before, func(row T, at name) int { return p.nameOf(row).compare(at) })
		end = max(bound, start)
	}
	front, back := p.arguments.Cut(end-start, defaultNamedPage)
	nodes := rows[start+front : end-back]
	connection := &model.Connection[T]{
		Nodes:       nodes,
		HasPrevious: start+front > 0,
		HasNext:     end-back < total,
		Cursor:      func(index int) string { return p.cursor(nodes[index]) },
	}
	if isAll {
		connection.TotalCount = &total
	}
	return connection
}

// cutListing takes the page out of what mStudio has sent, and says if rows are missing there.
func cutListing[T rest.Entity](ctx context.Context, page *namedPage[T], list *loader.Listing[T], rows []T, plural string) *model.Connection[T] {
	if list.Unreadable > 0 {
		reportUnreadable(ctx, plural)
	}
	return page.cut(rows, list.IsWhole)
}

// pageBounds are the places in a list that the cursors of a page point to; nil where there is no cursor.
type pageBounds[T any] struct{ after, before *T }

// newPageBounds checks a page's arguments and reads its cursors, with parse for what a cursor of this list holds.
func newPageBounds[T any](scope model.Scope, arguments model.PageArguments, parse func(text string) (*T, error)) (pageBounds[T], error) {
	var bounds pageBounds[T]
	err := arguments.Check()
	if err == nil {
		bounds.after, err = placeOf(scope, arguments.After, parse)
	}
	if err == nil {
		bounds.before, err = placeOf(scope, arguments.Before, parse)
	}
	return bounds, err
}

func placeOf[T any](scope model.Scope, cursor *string, parse func(text string) (*T, error)) (*T, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // no bound, not a lookup
	}
	text, err := scope.Decode(*cursor)
	if err != nil {
		return nil, err
	}
	return parse(text)
}
