package rest

import "strings"

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
