package live

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// Types of messages.
const (
	typeInit      = "connection_init"
	typeAck       = "connection_ack"
	typePing      = "ping"
	typePong      = "pong"
	typeSubscribe = "subscribe"
	typeNext      = "next"
	typeError     = "error"
	typeComplete  = "complete"
)

// maxIDBytes is the maximum size of an operation's ID. The longest of the known clients are UUIDs.
const maxIDBytes = 128

// message is a message of a client.
type message struct {
	kind    string
	id      string             // of subscribe and complete
	rawID   json.RawMessage    // as the client has written it
	object  map[string]any     // the payload of connection_init
	payload json.RawMessage    // of ping
	params  *graphql.RawParams // the payload of subscribe
}

// parseMessage reports false if text is not a message that a client may send.
func parseMessage(text []byte) (parsed message, ok bool) {
	// A struct would match names in any case.
	var members map[string]json.RawMessage
	if !utf8.Valid(text) || json.Unmarshal(text, &members) != nil || json.Unmarshal(members["type"], &parsed.kind) != nil {
		return message{}, false
	}
	payload := members["payload"]
	switch parsed.kind {
	case typeInit:
		return parsed, isNull(payload) || json.Unmarshal(payload, &parsed.object) == nil
	case typePing, typePong:
		parsed.payload = payload
		return parsed, isNull(payload) || payload[0] == '{'
	case typeSubscribe:
		var rejected *httpapi.Error
		parsed.params, rejected = httpapi.ParseBody(payload)
		ok = parsed.readID(members["id"])
		return parsed, ok && rejected == nil
	case typeComplete:
		ok = parsed.readID(members["id"])
		return parsed, ok
	}
	return message{}, false
}

// readID reports false if value is not the ID of an operation.
func (m *message) readID(value json.RawMessage) bool {
	m.rawID = value
	return json.Unmarshal(value, &m.id) == nil && m.id != "" && len(m.id) <= maxIDBytes
}

func isNull(value json.RawMessage) bool { return len(value) == 0 || bytes.Equal(value, []byte("null")) }

// encode returns a message of the server. id and payload are JSON, or empty.
func encode(kind string, id, payload []byte) []byte {
	text := make([]byte, 0, len(kind)+len(id)+len(payload)+len(`{"id":,"type":"","payload":}`))
	text = append(text, '{')
	if len(id) > 0 {
		text = append(append(append(text, `"id":`...), id...), ',')
	}
	text = append(append(append(text, `"type":"`...), kind...), '"')
	if len(payload) > 0 {
		text = append(append(text, `,"payload":`...), payload...)
	}
	return append(text, '}')
}

// errorsOf returns a list with one GraphQL error. text needs no escapes.
func errorsOf(code model.Code, text string) []byte {
	return []byte(`[{"message":"` + text + `","extensions":{"code":"` + string(code) + `"}}]`)
}
