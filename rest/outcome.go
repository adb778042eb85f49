package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
)

// markOutcome sets the outcome of a failed write that may have happened: it was sent, and the API neither accepted nor
// rejected it.
func markOutcome(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if !c.isWrite() || c.upload != nil { // a file without a message is visible to no one
			return next(ctx, c)
		}
		got, err := next(ctx, c)
		if failure, ok := errors.AsType[*Error](err); ok && c.sent && failure.Status/100 != 4 && failure.Outcome == "" {
			failure.Outcome = OutcomeUnknown
		}
		return got, err
	}
}

// carry sets the body of a write. The transport may start over on another connection as long as it has written nothing to
// the first, and then needs the body again.
func (c *call) carry(request *http.Request) {
	request.Header = request.Header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.ContentLength = int64(len(c.body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
	request.Body, _ = request.GetBody()
}

// accepted marks the failure to read the 2xx response to a write other than an upload.
func (c *call) accepted(failure *Error, header http.Header) *Error {
	if c.isWrite() && c.upload == nil {
		failure.Outcome, failure.Event = OutcomeDone, parseEvent(header.Get("Etag"))
	}
	return failure
}
