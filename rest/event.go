package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
)

// EventID names what a write has caused. It is made of digits, of more than a float could hold; the empty one stands
// for none. The API shows the change to reads some time later, and to those that wait for the event at once.
type EventID string

// maxEvent is how many digits an event may have. Today's have 18.
const maxEvent = 40

// ParseEventID checks that text can be the id of an event, or returns an [*Error] with [BadInput].
func ParseEventID(text string) (EventID, error) {
	if text == "" || len(text) > maxEvent || strings.Trim(text, "0123456789") != "" {
		return "", &Error{Code: BadInput}
	}
	return EventID(text), nil
}

// Later reports whether e comes after other. The API counts its events, so the greater number does; none comes before
// all others.
func (e EventID) Later(other EventID) bool {
	a, b := strings.TrimLeft(string(e), "0"), strings.TrimLeft(string(other), "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// parseEvent reads the event of a write's answer, "" if there is none. The API's documentation shows it bare; a proxy
// may put it into quotes, and mark it as weak, because it is in the place of a validator.
func parseEvent(etag string) EventID {
	event, _ := ParseEventID(strings.Trim(strings.TrimPrefix(etag, "W/"), `"`))
	return event
}

// AfterEvent returns a copy whose calls see what the event has changed: the API lets them wait until it has reached
// the event, for up to 10 s. A call whose event is not reached by then is made once more without waiting, and onStale
// is called before: the answer may be older than the event.
func (c *Client) AfterEvent(event EventID, onStale func()) *Client {
	derived := *c
	derived.event, derived.onStale = event, onStale
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}

// retryWithoutEvent makes a call once more, without its condition, when the API has not reached the event in time. The API has
// done nothing yet, so that is safe for writes too. Only the content of an upload is gone. What cannot be seen even
// then is not missing: it is late.
func retryWithoutEvent(next handler) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
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
