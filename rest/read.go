package rest

import (
	"context"
	"net/http"
	"net/url"
)

// get fetches one document: it builds the path, runs the chain and decodes the response.
func get[T any](ctx context.Context, c *Client, r route, ids []string, query url.Values, read func(*decoder) T) (T, http.Header, error) {
	var none T
	target := &call{session: &c.session, method: http.MethodGet, route: string(r)}
	path, err := r.fill(ids...)
	if err != nil {
		return none, nil, target.fail(BadInput, err)
	}
	target.path, target.query = path, query.Encode()
	got, err := c.do(ctx, target)
	if err != nil {
		return none, nil, err
	}
	value, err := decode(got.body, c.fileURL, noting(ctx, read))
	if err != nil {
		return none, nil, target.fail(BadResponse, err)
	}
	return value, got.header, nil
}
