package rest

import (
	"context"
	"errors"
	"net/http"
)

// retryWithoutEvent repeats a call without If-Event-Reached if the API did not reach the event in time (412). The API
// has not executed the call, so this is safe for writes too, except for an upload, whose content is gone. If the object
// is still not visible, the result is the 412 instead of NotFound, because the object is late rather than missing.
func retryWithoutEvent(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		got, err := next(ctx, c)
		late, ok := errors.AsType[*Error](err)
		if c.session.event == "" || c.upload != nil || !ok || late.Status != http.StatusPreconditionFailed {
			return got, err
		}
		c.session.onStale()
		c.session = c.session.withoutEvent()
		got, err = next(ctx, c)
		if hasCode(err, NotFound, Forbidden) {
			return nil, late
		}
		return got, err
	}
}
