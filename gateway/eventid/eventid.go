// Package eventid encodes the events of a client's writes as one opaque string. The string is not secret and not bound to a
// caller. It is signed, because a request with it waits until mStudio has reached the events: for made-up ones, it would
// wait as long as mStudio holds a call. Replicas with the same keys accept each other's strings.
package eventid

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/google/uuid"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

// Max is the maximum number of conversations in an event ID. With mStudio's event IDs of 18 digits, it is then 4.7 KB long.
const Max = 100

const (
	// version is the first byte, which identifies the format. Earlier versions were not signed.
	version = 2
	// signatureSize is the length of the signature at the end, in bytes. It is a truncated HMAC.
	signatureSize = 16
)

var (
	// ErrMalformed is the error of Parse for a string that cannot be from Format.
	ErrMalformed = errors.New("eventid: malformed")
	// ErrUnknown is the error of Parse for a string without a valid signature. It may be from a gateway with other keys.
	ErrUnknown = errors.New("eventid: unknown signature")
)

// Codec formats and parses event IDs. It is safe for concurrent use.
type Codec struct{ keys [][]byte }

// New returns a Codec that signs with the first key and accepts the signatures of all, so that keys can be replaced. The
// keys may have other uses, because New derives its own from them.
func New(keys ...[]byte) (*Codec, error) {
	if len(keys) == 0 {
		return nil, errors.New("eventid: a key is required")
	}
	c := &Codec{}
	for _, key := range keys {
		derived, err := hkdf.Key(sha256.New, key, nil, "mstudio-graphql event ID", sha256.Size)
		if err != nil {
			return nil, err
		}
		c.keys = append(c.keys, derived)
	}
	return c, nil
}

// Format encodes the last [Max] events. It panics if the ID of a conversation is not a UUID.
func (c *Codec) Format(events []loader.Event) string {
	data := []byte{version}
	for _, event := range events[max(len(events)-Max, 0):] {
		id := uuid.MustParse(event.ConversationID)
		data = append(data, id[:]...)
		data = append(data, byte(len(event.ID))) //nolint:gosec // an event has at most 40 digits
		data = append(data, event.ID...)
	}
	return base64url.Encode(append(data, sign(c.keys[0], data)...))
}

func sign(key, data []byte) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write(data)
	return hash.Sum(nil)[:signatureSize]
}

// Parse decodes events. The error is [ErrMalformed] or [ErrUnknown].
func (c *Codec) Parse(text string) ([]loader.Event, error) {
	data, err := base64url.Decode(text)
	if err != nil || len(data) < 2 || data[0] == 0 || data[0] > version {
		return nil, ErrMalformed
	}
	signed := max(len(data)-signatureSize, 0)
	if !c.signed(data[:signed], data[signed:]) {
		return nil, ErrUnknown
	}
	var events []loader.Event
	for data = data[1:signed]; len(data) > 0; {
		event, left, err := parseOne(data)
		if err != nil {
			return nil, ErrMalformed
		}
		events, data = append(events, event), left
	}
	return events, nil
}

// signed reports whether one of the keys has signed data.
func (c *Codec) signed(data, signature []byte) bool {
	return slices.ContainsFunc(c.keys, func(key []byte) bool { return hmac.Equal(sign(key, data), signature) })
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
