package live

import (
	"encoding/json"
	"testing"
)

// A message that is accepted has what its type needs, and the server's message about it is valid.
func FuzzParseMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init","payload":{"Authorization":"Bearer token"}}`, `{"type":"connection_init","payload":null}`, `{"type":"ping","payload":{}}`,
		`{"type":"subscribe","id":"a\u0022b","payload":{"query":"{ a }","variables":{"n":1e400}}}`, `{"type":"subscribe","id":"1","payload":{"documentId":"x"}}`,
		`{"type":"complete","id":"\ud800"}`, `{"type":"complete","id":1}`, `{"type":"pong"`, `[]`, "{\"type\":\"ping\",\"payload\":{\"\xff\":1}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, ok := parseMessage(text)
		if !ok {
			return
		}
		switch parsed.kind {
		case typeInit, typePing, typePong:
		case typeSubscribe, typeComplete:
			if parsed.id == "" || len(parsed.id) > maxIDBytes || (parsed.params == nil) != (parsed.kind == typeComplete) {
				t.Errorf("%+v", parsed)
			}
		default:
			t.Error(parsed.kind)
		}
		var sent struct{ ID, Type string }
		if err := json.Unmarshal(encode(typePong, parsed.rawID, parsed.payload), &sent); err != nil || sent.ID != parsed.id || sent.Type != typePong {
			t.Error(err, sent)
		}
	})
}
