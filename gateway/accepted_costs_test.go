package gateway_test

import (
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
)

// A document that was accepted with some variables is still rejected with others that cost more, without a call.
func TestCosts_OfAcceptedDocument(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Limits: limits.Limits{Cost: 20}})
	const query = `query($first: Int) { conversations(first: $first) { nodes { id messages { totalCount } } } }`
	for _, step := range []struct{ first, calls int }{{5, 6}, {50, 0}, {5, 6}, {50, 0}, {6, 7}} {
		upstream.TakeCalls()
		response := server.Query(t, gatewaytest.Token(), query, map[string]any{"first": step.first})
		diff(t, "calls", step.calls, len(upstream.TakeCalls()))
		if isRejected := strings.Contains(string(response.Body), "COMPLEXITY_LIMIT_EXCEEDED"); isRejected != (step.calls == 0) {
			t.Errorf("first %d: %s", step.first, response.Body)
		}
	}
}
