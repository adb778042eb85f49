package rest

import (
	"context"
	"encoding/json"
	"net/url"
)

// Written is the result of a write: an ID, and the event after which reads show the change.
type Written struct {
	ID    string
	Event EventID
}

// put describes a write except for the type of its response.
type put struct {
	method string
	route  route
	ids    []string
	body   any // encodes as a JSON object
}

// write makes a change and decodes the response. The event, if the API sent one, makes later reads wait for the change.
func write[T any](ctx context.Context, c *Client, p put, query url.Values, read func(*decoder) T) (T, EventID, error) {
	var none T
	target, err := c.newCall(p.method, p.route, p.ids)
	if err != nil {
		return none, "", err
	}
	target.query = query.Encode()
	if target.body, err = json.Marshal(p.body); err != nil {
		return none, "", target.fail(BadInput, err)
	}
	got, err := c.do(ctx, target)
	if err != nil {
		return none, "", err
	}
	value, failure := decodeResponse(ctx, c, target, got, read)
	if failure != nil {
		return none, "", target.accepted(failure, got.header)
	}
	return value, parseEvent(got.header.Get("Etag")), nil
}

// write makes a write whose response is an ID in the given member.
func (c *Client) write(ctx context.Context, p put, member string) (*Written, error) {
	id, event, err := write(ctx, c, p, nil, func(d *decoder) string { return d.onlyID(member) })
	if err != nil {
		return nil, err
	}
	return &Written{ID: id, Event: event}, nil
}

// onlyID reads the ID in the response of a write. Without it the response is of no use.
func (d *decoder) onlyID(member string) (id string) {
	d.object("", func(name []byte) {
		if string(name) == member {
			id = d.string()
		} else {
			d.Skip()
		}
	})
	d.require(isID(id))
	return id
}
