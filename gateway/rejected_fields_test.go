package gateway_test

import (
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// A field with invalid arguments prefetches nothing, nor do the fields below it.
func TestRejectedFieldsCostNoCall(t *testing.T) {
	t.Parallel()
	const customers = "GET /v2/customers?limit=1000"
	for name, test := range map[string]struct {
		query string
		want  []string
	}{
		"a page that is too large": {`{ customers { nodes { projects(first: 101) { totalCount } } } }`, []string{customers}},
		"what is below such a page": {
			`{ customers { nodes { projects(first: 101) { nodes { conversations(first: 1) { totalCount } } } } } }`, []string{customers},
		},
		"a cursor that is none": {`{ customers { nodes { projects(first: 1, after: "7") { totalCount } } } }`, []string{customers}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			for _, failed := range checkErrors(t, ask(t, server, test.query)) {
				diff(t, "code", "BAD_USER_INPUT", failed.code())
			}
			diff(t, "calls", test.want, upstream.TakeCalls())
		})
	}
}

func TestRefusedCursorCostsNoCall(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	response := server.Query(t, gatewaytest.Token(), `query($after: String) { conversation(id: "`+shortID+`") { messages(first: 2, after: $after) { totalCount } } }`,
		map[string]any{"after": "7"})
	wantErrors(t, response, "conversation.messages: BAD_USER_INPUT")
	diff(t, "calls", []string{"GET /v2/conversations/" + shortID}, upstream.TakeCalls())
}

func TestRefusedEntityCostsNoCall(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	response := server.Query(t, gatewaytest.Token(), `query($of: [_Any!]!) {
		_entities(representations: $of) { ... on Project { conversations { totalCount } } ... on Conversation { title } }
	}`, map[string]any{"of": []any{
		map[string]any{"__typename": "Project", "id": "nope"}, map[string]any{"__typename": "Conversation", "id": shortID},
	}})
	wantErrors(t, response, "_entities.0: BAD_USER_INPUT")
	diff(t, "calls", []string{"GET /v2/conversations/" + shortID}, upstream.TakeCalls())
}
