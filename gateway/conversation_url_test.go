package gateway_test

import (
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// The address of a conversation is the operator's template with its IDs. It costs no call.
func TestConversationURL(t *testing.T) {
	t.Parallel()
	const query = `{ conversation(id: "` + shortID + `") { shortId url } }`
	for template, want := range map[string]string{
		"":                               `null`,
		"https://m.example/tickets/{id}": `"https://m.example/tickets/` + shortID + `"`,
		"https://m.example/?id={id}&no={shortId}": `"https://m.example/?id=` + shortID + `&no=NO"`,
	} {
		server, upstream := start(t, gateway.Config{ConversationURL: template})
		response := server.Query(t, gatewaytest.Token(), query, nil)
		wantErrors(t, response)
		number := decode[struct {
			Data struct{ Conversation struct{ ShortID string } }
		}](t, response.Body).Data.Conversation.ShortID
		wantData(t, response, `{"conversation":{"shortId":"`+number+`","url":`+strings.Replace(want, "NO", number, 1)+`}}`)
		diff(t, "calls", []string{"GET /v2/conversations/" + shortID}, upstream.TakeCalls())
	}
}
