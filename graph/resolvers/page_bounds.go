package resolvers

import "mstudio-graphql/graph/model"

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
