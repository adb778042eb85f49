package resolvers

import "mstudio-graphql/graph/model"

// pageBounds are the places in a list that the cursors of a page point to; nil where there is no cursor.
type pageBounds[T any] struct{ after, before *T }

// newPageBounds checks a page's arguments and reads its cursors, with parse for what a cursor of this list holds.
func newPageBounds[T any](scope model.Scope, arguments model.PageArguments, parse func(text string) (*T, error)) (pageBounds[T], error) {
	var bounds pageBounds[T]
	if err := arguments.Check(); err != nil {
		return bounds, err
	}
	for _, bound := range []struct {
		cursor *string
		place  **T
	}{{arguments.After, &bounds.after}, {arguments.Before, &bounds.before}} {
		if bound.cursor == nil {
			continue
		}
		text, err := scope.Decode(*bound.cursor)
		if err != nil {
			return bounds, err
		}
		if *bound.place, err = parse(text); err != nil {
			return bounds, err
		}
	}
	return bounds, nil
}
