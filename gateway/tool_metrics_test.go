package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
)

// Calls of tools are counted by tool and outcome. Names that no tool has add no label.
func TestMetrics_Tools(t *testing.T) {
	t.Parallel()
	server, upstream, registry := counted(t, gateway.Config{MCP: mcp.Config{Enabled: true, Writes: true, MaxResultBytes: 6000}})
	upstream.Replace("GET /v2/conversations/"+shortID+"/members", http.NotFoundHandler())
	upstream.Replace("POST /v2/conversations/"+shortID+"/messages", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	for _, call := range []string{
		`"my_projects"`,
		`"ticket", "arguments": {"id": "` + shortID + `", "last": 1}`,
		`"ticket", "arguments": {"id": "invalid"}`,
		`"inbox", "arguments": {"first": 1000}`,
		`"inbox", "arguments": {"first": 24}`,
		`"answer_ticket", "arguments": {"id": "` + shortID + `", "text": " "}`,
		`"answer_ticket", "arguments": {"id": "` + shortID + `", "text": "Hello"}`,
		`"estimate_cost", "arguments": {"tool": "inbox"}`,
		`"estimate_cost", "arguments": {"tool": "canary"}`,
		`"canary"`,
	} {
		callMCP(t, server, `{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": `+call+`}}`)
	}
	want := map[string]float64{
		"tool_calls_total outcome=ok tool=my_projects":        1,
		"tool_calls_total outcome=partial tool=ticket":        1,
		"tool_calls_total outcome=error tool=ticket":          1,
		"tool_calls_total outcome=invalid tool=inbox":         1,
		"tool_calls_total outcome=too_large tool=inbox":       1,
		"tool_calls_total outcome=invalid tool=answer_ticket": 1,
		"tool_calls_total outcome=unknown tool=answer_ticket": 1,
		"tool_calls_total outcome=ok tool=estimate_cost":      1,
		"tool_calls_total outcome=invalid tool=estimate_cost": 1,
	}
	wantSamples(t, registry, want)
	for name := range samples(t, registry) {
		if _, known := want[name]; !known && strings.HasPrefix(name, "tool_calls_total") {
			t.Errorf("further sample: %s", name)
		}
	}
}

func callMCP(t *testing.T, server *gatewaytest.Server, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.Base+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Authorization": {"Bearer " + gatewaytest.Token()}, "Content-Type": {"application/json"},
		"Accept": {"application/json, text/event-stream"},
	}
	if response := server.Do(t, request); response.Status != http.StatusOK {
		t.Fatalf("%d %s", response.Status, response.Body)
	}
}
