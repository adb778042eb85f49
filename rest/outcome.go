package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
)

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

// eventOf returns the event in the response to a write, or "" if the API sent no event. For an upload it returns "",
// because reads do not show uploads.
func (c *call) eventOf(header http.Header) EventID {
	if !c.isWrite() || c.upload != nil {
		return ""
	}
	return parseEvent(header.Get("Etag"))
}
