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

// Outcome says what became of a write that failed.
type Outcome string

const (
	// OutcomeUnknown is that of a write which was sent, and not answered in a way that says what became of it.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeDone is that of a write which was done, and whose answer could not be read: it has an event.
	OutcomeDone Outcome = "done"
)

// put is a write that is on its way: everything but the answer's type.
type put struct {
	method string
	route  route
	ids    []string
	body   any // encodes as a JSON object
}

// write changes something: it builds the path, walks the chain and decodes the answer. The event is what later reads
// wait for to see the change; it is there only if the API sent one.
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

// eventOf returns the event of a write that was answered with a 2xx status, "" if there is none. An upload has none: it
// changes nothing that anybody sees.
func (c *call) eventOf(header http.Header) EventID {
	if !c.isWrite() || c.upload != nil {
		return ""
	}
	return parseEvent(header.Get("Etag"))
}

// settle says what became of a write that was sent and not refused. It has an event only if it was done.
func (e *Error) settle() {
	e.Outcome = OutcomeUnknown
	if e.Event != "" {
		e.Outcome = OutcomeDone
	}
}

// write makes a write whose answer is an id, that of this member.
func (c *Client) write(ctx context.Context, p put, member string) (*Written, error) {
	id, event, err := write(ctx, c, p, func(d *decoder) string { return d.onlyID(member) })
	if err != nil {
		return nil, err
	}
	return &Written{ID: id, Event: event}, nil
}

// onlyID reads the one id that matters in the answer to a write. Without it, the answer is of no use.
func (d *decoder) onlyID(member string) (id string) {
	d.object(func(name []byte) {
		if string(name) == member {
			id = d.string()
		} else {
			d.Skip()
		}
	})
	if _, err := ParseID(id); err != nil && d.Err == nil {
		d.Err = errShape
	}
	return id
}

// carry gives a request the body of its call. It returns the context to send it with, which notes when there is a
// connection. The transport may start again on another connection as long as it has written nothing to the first one;
// it needs the body anew then.
func (c *call) carry(ctx context.Context, request *http.Request) context.Context {
	request.Header = request.Header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.ContentLength = int64(len(c.body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
	request.Body, _ = request.GetBody()
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { c.sent.Store(true) }})
}

// markOutcome says of a write that failed whether it has happened, or may have, all the same: it was sent, and the API did
// not refuse it.
func markOutcome(next handler) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
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
