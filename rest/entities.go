package rest

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"
)

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

// getEntity fetches one object. If the answer leaves its id out, it is the one that was asked for.
func getEntity[T any](ctx context.Context, c *Client, r route, id string, read func(*decoder) *T, identity func(*T) *string) (*T, error) {
	object, _, err := get(ctx, c, r, []string{id}, nil, read)
	if err != nil {
		return nil, err
	}
	own := identity(object)
	*own = cmp.Or(*own, strings.ToLower(id))
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
func listEntities[T any](ctx context.Context, c *Client, r route, read func(*decoder) *T) (*EntityList[*T], error) {
	query := url.Values{"limit": {strconv.Itoa(EntityLimit)}}
	list, _, err := get(ctx, c, r, nil, query, func(d *decoder) *EntityList[*T] { return readRows(d, read) })
	return list, err
}

// whole makes read fail on what is no object.
func whole[T any](read func(*decoder) *T) func(*decoder) *T {
	return func(d *decoder) *T {
		object := read(d)
		if object == nil && d.Err == nil {
			d.Err = errShape
		}
		return object
	}
}

func readRows[T any](d *decoder, read func(*decoder) *T) *EntityList[*T] {
	list := &EntityList[*T]{Rows: []*T{}}
	isArray := d.array(func() {
		if row := read(d); row != nil {
			list.Rows = append(list.Rows, row)
		} else {
			list.Unreadable++
		}
	})
	if !isArray && d.Err == nil {
		d.Err = errShape
	}
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
