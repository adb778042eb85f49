package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// defaultNamedPage is the default page size of lists that mStudio sends as a whole.
const defaultNamedPage = 100

// namedList is a list that mStudio sends as a whole, sorted by name.
type namedList[T rest.Entity] struct {
	load     func(context.Context) (*loader.Listing[T], error)
	scope    model.Scope
	order    order[T]
	plural   string
	excludes func(T) bool // nil for the whole list
	// isUncertain reports whether mStudio's row does not show whether it is excluded. Nil: it always does.
	isUncertain func(T) bool
}

// page returns a page of the list, and prefetches the fields below it. The total is unknown if mStudio may have more rows
// than it sends.
func (l namedList[T]) page(ctx context.Context, arguments model.PageArguments) (*model.Connection[T], error) {
	page, err := newSortedPage(l.scope, arguments, l.order, defaultNamedPage)
	if err != nil {
		return nil, err
	}
	var edges []edgeField
	if !arguments.IsEmpty() {
		edges = prefetchLists(ctx)
	}
	listing, err := l.load(ctx)
	if err != nil {
		return nil, err
	}
	rows := listing.Rows()
	if listing.Unreadable > 0 || l.isUncertain != nil && slices.ContainsFunc(rows, l.isUncertain) {
		reportUnreadable(ctx, l.plural)
	}
	if l.excludes != nil {
		rows = slices.DeleteFunc(rows, l.excludes)
	}
	connection := page.slice(rows)
	if !listing.IsWhole {
		connection.TotalCount = nil
	}
	prefetchBehindEdges(ctx, edges, connection.Nodes)
	return connection, nil
}
