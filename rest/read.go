package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
)

// getOne fetches the object with an ID. idOf returns where its ID is: an object without one gets the requested ID, and an
// object with another one is a bad response.
func getOne[T any](ctx context.Context, c *Client, r route, id string, read func(*decoder) *T, idOf func(*T) *string) (*T, error) {
	object, _, err := get(ctx, c, r, []string{id}, nil, func(d *decoder) *T {
		object := required(d, read(d))
		if object != nil {
			sent := idOf(object)
			d.require(*sent == "" || strings.EqualFold(*sent, id))
			*sent = cmp.Or(*sent, strings.ToLower(id))
		}
		return object
	})
	return object, err
}

// get fetches and decodes one document.
func get[T any](ctx context.Context, c *Client, r route, ids []string, query url.Values, read func(*decoder) T) (T, http.Header, error) {
	var none T
	target, err := c.newCall(http.MethodGet, r, ids)
	if err != nil {
		return none, nil, err
	}
	target.query = query.Encode()
	return fetch(ctx, c, target, read)
}

// fetch makes and decodes a read.
func fetch[T any](ctx context.Context, c *Client, target *call, read func(*decoder) T) (T, http.Header, error) {
	var none T
	got, err := c.do(ctx, target)
	if err != nil {
		return none, nil, err
	}
	if inspect := traceOf(ctx).Document; inspect != nil {
		inspect(target.route, got.body)
	}
	value, failure := decodeResponse(ctx, c, target, got, read)
	if failure != nil {
		return none, nil, failure
	}
	return value, got.header, nil
}

// decodeResponse decodes the response to a call, and reports differences to the context's Trace.
func decodeResponse[T any](ctx context.Context, c *Client, target *call, got *response, read func(*decoder) T) (T, *Error) {
	value, err := decode(got.body, c.fileURL, func(d *decoder) T {
		d.onDrift, d.route = traceOf(ctx).Drift, target.route
		d.header, d.memory, d.isOwner = got.header, target.session.limits.limits.Memory, !target.isShared
		return read(d)
	})
	if err != nil {
		return value, target.unreadable(ctx, err)
	}
	return value, nil
}
