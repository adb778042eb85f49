package loader

import (
	"context"
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

// listLoader fetches the list of all objects of one type, in one call.
type listLoader[V rest.Entity] struct {
	fetch func(context.Context) (*rest.EntityList[V], error)
	once  onceLoader[struct{}, *Listing[V]]
}

// Listing is a list up to [rest.EntityLimit] rows.
type Listing[V rest.Entity] struct {
	// Unreadable is the number of rows that are not objects or have no ID.
	Unreadable int
	// IsWhole is false if mStudio may have more rows.
	IsWhole bool

	rows []V
	byID map[string]V // by canonical ID; of two rows with the same ID, the last
}

// Rows returns the readable objects in mStudio's order. The caller may change the slice.
func (l *Listing[V]) Rows() []V { return slices.Clone(l.rows) }

// Load returns the list.
func (l *listLoader[V]) Load(ctx context.Context) (*Listing[V], error) {
	return l.once.load(ctx, struct{}{}, l.fetchListing)
}

// Start fetches the list in the background for a later Load.
func (l *listLoader[V]) Start(ctx context.Context) { l.once.start(ctx, struct{}{}, l.fetchListing) }

func (l *listLoader[V]) fetchListing(ctx context.Context, _ struct{}) (*Listing[V], error) {
	list, err := l.fetch(ctx)
	if err != nil {
		return nil, err
	}
	listing := &Listing[V]{Unreadable: list.Unreadable, IsWhole: list.IsWhole(), byID: make(map[string]V, len(list.Rows))}
	for _, row := range list.Rows {
		if id := row.EntityID(); id != "" {
			listing.rows = append(listing.rows, row)
			listing.byID[strings.ToLower(id)] = row
		} else {
			listing.Unreadable++
		}
	}
	return listing, nil
}

// finder is a list in which objects are looked up.
type finder interface {
	// has reports whether a fetch of the list has started.
	has() bool
	// find returns a lookup by canonical ID.
	find(ctx context.Context) (lookup func(id string) (object rest.Entity, found bool), err error)
}

func (l *listLoader[V]) has() bool { return l.once.has(struct{}{}) }

func (l *listLoader[V]) find(ctx context.Context) (lookup func(id string) (rest.Entity, bool), err error) {
	listing, err := l.Load(ctx)
	if err != nil {
		return nil, err
	}
	return func(id string) (rest.Entity, bool) {
		object, found := listing.byID[id]
		return object, found
	}, nil
}
