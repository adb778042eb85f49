package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
)

// EventID identifies the change made by a write. It consists of digits, more than a float64 can represent. Empty means
// no event. Reads show the change some time later, or at once if they wait for the event.
type EventID string

// maxEvent is the maximum number of digits. Current events have 18.
const maxEvent = 40

// ParseEventID returns text as an EventID, or an [*Error] with [BadInput] if it cannot be one.
func ParseEventID(text string) (EventID, error) {
	if text == "" || len(text) > maxEvent || strings.Trim(text, "0123456789") != "" {
		return "", &Error{Code: BadInput}
	}
	return EventID(text), nil
}

// Later reports whether e is later than other. Events are consecutive numbers, so the greater one is later; an empty
// event is earlier than any other.
func (e EventID) Later(other EventID) bool {
	a, b := strings.TrimLeft(string(e), "0"), strings.TrimLeft(string(other), "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// parseEvent returns the event in a write's ETag, "" if there is none. The API documents it unquoted, but a proxy may
// add quotes and the W/ prefix, because an ETag usually is a validator.
func parseEvent(etag string) EventID {
	event, _ := ParseEventID(strings.Trim(strings.TrimPrefix(etag, "W/"), `"`))
	return event
}

// AfterEvent returns a copy whose calls see the change of the event: the API holds each call for up to 10 s until it has
// processed the event. If that is too short, onStale is called and the call is repeated without waiting, so its result
// may be older than the event.
func (c *Client) AfterEvent(event EventID, onStale func()) *Client {
	derived := *c
	derived.event, derived.onStale = event, onStale
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}

// retryWithoutEvent repeats a call without If-Event-Reached if the API did not reach the event in time (412). The API
// has not executed the call, so this is safe for writes too, except for an upload, whose content is gone. If the object
// is still not visible, the result is the 412 instead of NotFound, because the object is late rather than missing.
func retryWithoutEvent(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		got, err := next(ctx, c)
		late, ok := errors.AsType[*Error](err)
		if c.client.event == "" || c.upload != nil || !ok || late.Status != http.StatusPreconditionFailed {
			return got, err
		}
		c.client.onStale()
		c.client = c.client.AfterEvent("", nil)
		got, err = next(ctx, c)
		if hasCode(err, NotFound, Forbidden) {
			return nil, late
		}
		return got, err
	}
}
