package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
)

// Outcome describes a failed write.
type Outcome string

const (
	// OutcomeUnknown means that the write was sent and no response proves what happened.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeDone means that the write happened but its response was unreadable. The error has the event.
	OutcomeDone Outcome = "done"
)

// put describes a write except for the type of its response.
type put struct {
	method string
	route  route
	ids    []string
	body   any // encodes as a JSON object
}

// write makes a change: it builds the path, runs the chain and decodes the response. The event, if the API sent one,
// makes later reads wait for the change.
func write[T any](ctx context.Context, c *Client, p put, read func(*decoder) T) (T, EventID, error) {
	var none T
	target := &call{client: c, method: p.method, route: string(p.route)}
	path, err := p.route.fill(p.ids...)
	if err != nil {
		return none, "", target.fail(BadInput, err)
	}
	target.path = path
	if target.body, err = json.Marshal(p.body); err != nil {
		return none, "", target.fail(BadInput, err)
	}
	got, err := c.do(ctx, target)
	if err != nil {
		return none, "", err
	}
	event := target.eventOf(got.header)
	value, err := decode(got.body, c.fileURL, noting(ctx, read))
	if err != nil {
		failure := target.fail(BadResponse, err)
		failure.Event = event
		failure.settle()
		return none, "", failure
	}
	return value, event, nil
}

// eventOf returns the event of a write with a 2xx response, "" if there is none. An upload has none, because it changes
// nothing visible.
func (c *call) eventOf(header http.Header) EventID {
	if !c.isWrite() || c.upload != nil {
		return ""
	}
	return parseEvent(header.Get("Etag"))
}

// settle sets the outcome of a write that was sent and not rejected. Only a write that happened has an event.
func (e *Error) settle() {
	e.Outcome = OutcomeUnknown
	if e.Event != "" {
		e.Outcome = OutcomeDone
	}
}

// write makes a write whose response is an ID in the given member.
func (c *Client) write(ctx context.Context, p put, member string) (*Written, error) {
	id, event, err := write(ctx, c, p, func(d *decoder) string { return d.onlyID(member) })
	if err != nil {
		return nil, err
	}
	return &Written{ID: id, Event: event}, nil
}

// onlyID reads the ID in the response of a write. Without it the response is of no use.
func (d *decoder) onlyID(member string) (id string) {
	d.object(func(name []byte) {
		if string(name) == member {
			id = d.string()
		} else {
			d.Skip()
		}
	})
	_, err := ParseID(id)
	d.require(err == nil)
	return id
}

// carry sets the body of a write. The returned context records when there is a connection. The transport may start over
// on another connection as long as it has written nothing to the first, and then needs the body again.
func (c *call) carry(ctx context.Context, request *http.Request) context.Context {
	request.Header = request.Header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.ContentLength = int64(len(c.body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
	request.Body, _ = request.GetBody()
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { c.sent.Store(true) }})
}

// markOutcome sets the outcome of a failed write that happened or may have happened: it was sent, and the API did not
// reject it.
func markOutcome(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if !c.isWrite() {
			return next(ctx, c)
		}
		c.sent.Store(false)
		got, err := next(ctx, c)
		if failure, ok := errors.AsType[*Error](err); ok && c.sent.Load() && failure.Status/100 != 4 {
			failure.settle()
		}
		return got, err
	}
}
