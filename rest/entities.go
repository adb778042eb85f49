package rest

import (
	"context"
	"net/url"
	"slices"
	"strconv"
)

// EntityLimit is the maximum number of rows of a list that replaces single calls. It is always sent, because the lists have
// different defaults. Objects beyond the limit have to be fetched by ID.
const EntityLimit = 1000

// entity reads a complete object, or returns nil if the value is not an object.
func entity[T any, P hasRef[T]](d *decoder) *T {
	read := object[T](d)
	if read != nil {
		ref := P(read).ref()
		ref.Complete, ref.access = true, AccessVisible
	}
	return read
}

// getEntity fetches one object.
func getEntity[T any, P hasRef[T]](ctx context.Context, c *Client, r route, id string, read func(*decoder) *T) (*T, error) {
	return getOne(ctx, c, r, id, read, func(object *T) *string { return &P(object).ref().ID })
}

// EntityList holds the first [EntityLimit] rows of a list.
type EntityList[T any] struct {
	// Rows holds the rows that are objects. A row may lack its ID.
	Rows []T
	// Unreadable is the number of rows that are not objects.
	Unreadable int
}

// IsWhole reports whether the list has no further rows.
func (l *EntityList[T]) IsWhole() bool { return len(l.Rows)+l.Unreadable < EntityLimit }

// listEntities fetches the first [EntityLimit] rows of a list.
func listEntities[T any, P hasRef[T]](ctx context.Context, c *Client, r route) (*EntityList[*T], error) {
	query := url.Values{"limit": {strconv.Itoa(EntityLimit)}}
	list, _, err := get(ctx, c, r, nil, query, readRows[T, P])
	return list, err
}

func readRows[T any, P hasRef[T]](d *decoder) *EntityList[*T] {
	all := rows(d, func() *T { return entity[T, P](d) })
	readable := slices.DeleteFunc(all, func(row *T) bool { return row == nil })
	return &EntityList[*T]{Rows: readable, Unreadable: len(all) - len(readable)}
}
