package rest

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"
)

// Reference points to an object of another domain: what a conversation is about, or with whom it is shared. Domain
// and aggregate are mStudio's own two words for its type.
type Reference interface {
	IsReference()
	// Domain is mStudio's name of the domain, such as "app".
	Domain() string
	// Aggregate is mStudio's name of the type within its domain, such as "appinstallation".
	Aggregate() string
}

// Entity is an object of another domain that can be fetched by its id. What refers to it knows the id alone, so there
// are two states: a reference, and an object with all that the API says about it.
type Entity interface {
	Reference
	// EntityID is the id as it was sent.
	EntityID() string
	// IsComplete reports whether there is nothing more to fetch.
	IsComplete() bool
	// Bare returns a copy that has nothing but the id and counts as complete: what there is to show of an object that
	// the API does not give.
	Bare() Entity
}

// EntityLimit is how many rows are asked for of a list that is read in place of single objects. It is always sent,
// because the lists have different defaults. A larger list is cut off: what is missing has to be fetched by its id.
const EntityLimit = 1000

// Ref is what a reference to an object has of it.
type Ref struct {
	// ID is the ID as the API sent it.
	ID string
	// Complete reports whether the object was fetched, or is sent with all that there is to know of it.
	Complete bool
}

// EntityID returns the ID as the API sent it.
func (r *Ref) EntityID() string { return r.ID }

// IsComplete reports whether there is nothing more to fetch.
func (r *Ref) IsComplete() bool { return r.Complete }

func (r *Ref) ref() *Ref { return r }

// bare returns a Ref of an object of which the ID is all there is.
func (r *Ref) bare() Ref { return Ref{ID: r.ID, Complete: true} }

// hasRef is a pointer to a struct that embeds [Ref].
type hasRef[T any] interface {
	*T
	ref() *Ref
}

// byID returns a reference; nil without an ID.
func byID[T any, P hasRef[T]](id string) *T {
	if id == "" {
		return nil
	}
	reference := new(T)
	P(reference).ref().ID = id
	return reference
}

// fieldReader reads the member of an object with a name.
type fieldReader[T any] func(d *decoder, object *T, name []byte)

// readEntity reads an object member by member; nil if there is none.
func readEntity[T any, P hasRef[T]](d *decoder, field fieldReader[T]) *T {
	object := new(T)
	P(object).ref().Complete = true
	return orNil(object, d.object(func(name []byte) { field(d, object, name) }))
}

// whole returns a function that reads a document that is one object.
func whole[T any, P hasRef[T]](field fieldReader[T]) func(*decoder) *T {
	return func(d *decoder) *T { return required(d, readEntity[T, P](d, field)) }
}

// getEntity fetches one object. If the response has no ID, it is the one that was requested.
func getEntity[T any, P hasRef[T]](ctx context.Context, c *Client, r route, id string, field fieldReader[T]) (*T, error) {
	object, _, err := get(ctx, c, r, []string{id}, nil, whole[T, P](field))
	if err != nil {
		return nil, err
	}
	ref := P(object).ref()
	ref.ID = cmp.Or(ref.ID, strings.ToLower(id))
	return object, nil
}

// EntityList is what the API sends of a list: its first [EntityLimit] rows.
type EntityList[T any] struct {
	// Rows are those that are objects. One may lack its id.
	Rows []T
	// Unreadable is how many more rows were sent, which are no objects.
	Unreadable int
}

// IsWhole reports whether the list ends with what was sent.
func (l *EntityList[T]) IsWhole() bool { return len(l.Rows)+l.Unreadable < EntityLimit }

// listEntities fetches the first [EntityLimit] rows of a list.
func listEntities[T any, P hasRef[T]](ctx context.Context, c *Client, r route, field fieldReader[T]) (*EntityList[*T], error) {
	query := url.Values{"limit": {strconv.Itoa(EntityLimit)}}
	list, _, err := get(ctx, c, r, nil, query, func(d *decoder) *EntityList[*T] { return readRows[T, P](d, field) })
	return list, err
}

func readRows[T any, P hasRef[T]](d *decoder, field fieldReader[T]) *EntityList[*T] {
	list := &EntityList[*T]{Rows: []*T{}}
	d.require(d.array(func() {
		if row := readEntity[T, P](d, field); row != nil {
			list.Rows = append(list.Rows, row)
		} else {
			list.Unreadable++
		}
	}))
	return list
}

// rawOf is a value of an enum in the API's own spelling; nil for none.
func rawOf[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	raw := string(value)
	return &raw
}

// count reads a number of things; nil if it is none.
func (d *decoder) count() *int {
	value, err := strconv.Atoi(numberText(d.string()))
	if err != nil || value < 0 || value > maxCount {
		return nil
	}
	return &value
}

// maxCount is the largest number that a GraphQL Int can hold.
const maxCount = 1<<31 - 1
