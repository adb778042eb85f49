package rest

import (
	"context"
	"net/http"
	"net/url"
)

// get fetches and decodes one document.
func get[T any](ctx context.Context, c *Client, r route, ids []string, query url.Values, read func(*decoder) T) (T, http.Header, error) {
	var none T
	target, err := c.newCall(http.MethodGet, r, ids)
	if err != nil {
		return none, nil, err
	}
	target.query = query.Encode()
	got, err := c.do(ctx, target)
	if err != nil {
		return none, nil, err
	}
	value, err := decode(got.body, c.fileURL, func(d *decoder) T {
		d.onUnknown = traceOf(ctx).Unknown
		return read(d)
	})
	if err != nil {
		return none, nil, target.fail(BadResponse, err)
	}
	return value, got.header, nil
}
