// Package eventid writes what a client's changes have caused as one opaque text, and reads it again. The text holds no
// secret and is bound to nothing: whoever sends it waits until mStudio has reached these events, and sees no more than
// otherwise. Every replica can read it.
package eventid

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/google/uuid"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// Max is how many conversations an id can stand for. Today's ids of events make it 4.8 KB long then.
const Max = 100

// version is the first byte, in case there is ever another form.
const version = 1

// ErrMalformed is what Parse says of a text that Format did not write.
var ErrMalformed = errors.New("eventid: malformed")

// Format writes the last [Max] events. They must have ids that are valid.
func Format(events []loader.Event) string {
	data := []byte{version}
	for _, event := range events[max(len(events)-Max, 0):] {
		id := uuid.MustParse(event.ConversationID)
		data = append(data, id[:]...)
		data = append(data, byte(len(event.ID))) //nolint:gosec // an event has at most 40 digits
		data = append(data, event.ID...)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// Parse reads events, or returns ErrMalformed.
func Parse(text string) ([]loader.Event, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(data) < 2 || data[0] != version || strings.ContainsAny(text, "\r\n") { // which the decoder skips
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
