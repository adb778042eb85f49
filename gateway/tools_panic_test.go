package gateway_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// panickingRates panic before an operation is executed, where no resolver recovers.
type panickingRates struct{}

func (panickingRates) Find(context.Context, rest.SharedCaller) (rate rest.SharedRate, ok bool) {
	panic("canary")
}

func (panickingRates) Claim(context.Context, rest.SharedCaller, int) (rate rest.SharedRate, ok bool) {
	panic("canary")
}
func (panickingRates) Saw(rest.SharedCaller, rest.SharedRate)   {}
func (panickingRates) Refused(rest.SharedCaller, time.Duration) {}

// A panic of a tool fails only that, although it runs in a goroutine of its own, where it would end the process.
func TestTools_Panic(t *testing.T) {
	t.Parallel()
	client, err := rest.New(rest.Config{BaseURL: gatewaytest.NewUpstream(t, sandbox.Config{}).URL, SharedRates: panickingRates{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	book := &logBook{}
	server := gatewaytest.NewServer(t, nil, gateway.Config{Client: client, Log: book.logger(), MCP: mcp.Config{Enabled: true}, MaxInFlight: 1})
	for _, token := range []string{"a", "b", "c"} { // the slot is free again
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.Base+"/mcp",
			strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"my_projects"}}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{
			"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"},
		}
		if response := server.Do(t, request); response.Status != http.StatusOK || !strings.Contains(string(response.Body), "INTERNAL_SERVER_ERROR") {
			t.Errorf("%d %s", response.Status, response.Body)
		}
	}
	server.Close()
	diff(t, "records", 3, len(book.records(t, "internal error")))
}
