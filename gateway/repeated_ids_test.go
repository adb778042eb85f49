package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// No call is repeated for repeated IDs. The renderer and the executor return the same response, also with errors.
func TestRepeatedIDs(t *testing.T) {
	t.Parallel()
	const fields = `id ... on Conversation { title createdBy { id } messages(first: 2) { nodes { ... on TextMessage { id } } edges { node { ... on TextMessage { content } } } } members { user { id } } }`
	const absent = "aaaaaaaa-0000-4000-8000-000000000001"
	ids := []string{shortID, otherID, shortID, absent, shortID, otherID, absent, strings.ToUpper(shortID)}
	var representations []map[string]any
	for _, id := range ids {
		representations = append(representations, map[string]any{"__typename": "Conversation", "id": id})
	}
	for _, failing := range []string{"none", "/" + shortID + "/messages", "/" + otherID + "/members", "/" + shortID} {
		for path, test := range map[string]struct {
			query string
			v     any
		}{
			"/graphql":  {`query($v: [ID!]!) { nodes(ids: $v) { ` + fields + ` } }`, ids},
			"/subgraph": {`query($v: [_Any!]!) { _entities(representations: $v) { ... on Conversation { ` + fields + ` } } }`, representations},
		} {
			t.Run(path+" "+failing, func(t *testing.T) {
				t.Parallel()
				var bodies [2]string
				for i := range 2 {
					upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
					upstream.Replace("GET /v2/conversations"+failing, http.NotFoundHandler())
					server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true, NoRenderer: i == 1})
					server.URL = server.Base + path
					bodies[i] = string(server.Query(t, gatewaytest.Token(), test.query, map[string]any{"v": test.v}).Body)
					made := upstream.TakeCalls()
					slices.Sort(made)
					diff(t, "calls", slices.Compact(slices.Clone(made)), made)
				}
				diff(t, "response", bodies[1], bodies[0])
				if !strings.Contains(bodies[0], "nodes") {
					t.Errorf("%s", bodies[0])
				}
			})
		}
	}
}
