// Package eventid encodes the events of a client's writes as one opaque string. The string is not secret and not bound to a
// caller: a request with it waits until mStudio has reached the events. Every replica can parse it.
package eventid

import (
	"errors"

	"github.com/google/uuid"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

// Max is the maximum number of conversations in an event ID. With mStudio's event IDs of 18 digits, it is then 4.8 KB long.
const Max = 100

// version is the first byte, which identifies the format.
const version = 1

// ErrMalformed is the error of Parse for a string that is not from Format.
var ErrMalformed = errors.New("eventid: malformed")

// Format encodes the last [Max] events. It panics if the ID of a conversation is not a UUID.
func Format(events []loader.Event) string {
	data := []byte{version}
	for _, event := range events[max(len(events)-Max, 0):] {
		id := uuid.MustParse(event.ConversationID)
		data = append(data, id[:]...)
		data = append(data, byte(len(event.ID))) //nolint:gosec // an event has at most 40 digits
		data = append(data, event.ID...)
	}
	return base64url.Encode(data)
}

// Parse decodes events. The error is [ErrMalformed].
func Parse(text string) ([]loader.Event, error) {
	data, err := base64url.Decode(text)
	if err != nil || len(data) < 2 || data[0] != version {
		return nil, ErrMalformed
	}
	var events []loader.Event
	for data = data[1:]; len(data) > 0; {
		event, left, err := parseOne(data)
		if err != nil || len(events) == Max {
			return nil, ErrMalformed
		}
		events, data = append(events, event), left
	}
	return events, nil
}

func parseOne(data []byte) (event loader.Event, left []byte, err error) {
	const head = len(uuid.UUID{}) + 1
	if len(data) < head || len(data) < head+int(data[head-1]) {
		return event, nil, ErrMalformed
	}
	end := head + int(data[head-1])
	id, err := rest.ParseEventID(string(data[head:end]))
	return loader.Event{ConversationID: uuid.UUID(data[:head-1]).String(), ID: id}, data[end:], err
}
