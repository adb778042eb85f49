package gateway_test

import (
	"slices"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// A conversation selected by ID beside a list that contains it costs no call if the list arrives first, and otherwise
// one, because both are fetched concurrently.
func TestConversationBesideItsList(t *testing.T) {
	t.Parallel()
	const (
		id   = "94af9c7a-e716-5e8c-94a9-1440e01ce9b6" // the newest of the freelancer
		list = "GET /v2/conversations?limit=1&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId"
	)
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	query := `{ conversations(first: 1) { nodes { id } } a: conversation(id: "` + id + `") { id } b: conversation(id: "` + id + `") { id } }`
	for range 50 {
		response := server.Query(t, "sandbox-freelancer", query, nil)
		wantData(t, response, `{"conversations": {"nodes": [{"id": "`+id+`"}]}, "a": {"id": "`+id+`"}, "b": {"id": "`+id+`"}}`)
		calls := upstream.TakeCalls()
		if !slices.Equal(calls, []string{list}) && !slices.Equal(calls, []string{"GET /v2/conversations/" + id, list}) {
			t.Fatalf("calls: %q", calls)
		}
	}
}
