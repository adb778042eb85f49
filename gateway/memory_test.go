package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// wantMemoryLimit checks for an error without data.
func wantMemoryLimit(t *testing.T, response gatewaytest.Response, limit int, outcome any) {
	t.Helper()
	errs := checkErrors(t, response)
	if len(errs) != 1 {
		t.Fatalf("%d errors: %.1000s", len(errs), response.Body)
	}
	diff(t, "code", "OPERATION_LIMIT", errs[0].code())
	actual, _ := errs[0].Extensions["actual"].(float64)
	if errs[0].Extensions["limit"] != "memory" || errs[0].Extensions["max"] != float64(limit) || actual <= float64(limit) {
		t.Errorf("extensions: %v", errs[0].Extensions)
	}
	diff(t, "outcome", outcome, errs[0].Extensions["outcome"])
	if strings.Contains(string(response.Body), `"data"`) {
		t.Errorf("has data: %.1000s", response.Body)
	}
}

// aliases returns a field several times.
func aliases(field string, count int) string {
	var selection strings.Builder
	for i := range count {
		fmt.Fprintf(&selection, "a%d: %s ", i, field)
	}
	return selection.String()
}

// longHistory sends a history of 200 kB.
func longHistory(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `[{"type":"MESSAGE","messageId":"aaaaaaaa-0000-4000-8000-000000000001","messageContent":"`+strings.Repeat("a", 200_000)+`"}]`)
}

// An operation that needs more memory than a caller may use fails as a whole and holds nothing afterwards.
func TestMemory_Limit(t *testing.T) {
	t.Parallel()
	const limit = 560 << 10
	messages := `messages(first: 100) { nodes { ... on TextMessage { ` + aliases("content", 90) + ` } } }`
	for name, test := range map[string]struct {
		query   string
		outcome any
	}{
		"query":    {`{ conversations(first: 50) { nodes { ` + messages + ` } } }`, nil},
		"mutation": {`mutation { closeConversations(input: {conversationIds: ["` + otherID + `"]}) { results { conversation { ` + messages + ` } } } }`, "unknown"},
	} {
		for _, noRenderer := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				registry := prometheus.NewRegistry()
				recorded, err := metrics.New(registry, func() rest.BreakerState { return rest.BreakerClosed })
				if err != nil {
					t.Fatal(err)
				}
				server, upstream := start(t, gateway.Config{MaxMemory: 4 * limit, NoRenderer: noRenderer, Metrics: recorded})
				upstream.Replace("GET /v2/conversations/"+otherID+"/messages", http.HandlerFunc(longHistory))
				wantMemoryLimit(t, ask(t, server, test.query), limit, test.outcome)
				wantErrors(t, ask(t, server, askViewer))
				server.Close()
				if page := scrape(t, registry); !strings.Contains(page, "\nmstudio_graphql_memory_used_bytes 0\n") {
					t.Error(page)
				}
			})
		}
	}
}

// A caller with too much memory in use is rejected while others are served, and everyone is rejected when none is left.
func TestMemory_Shares(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxMemory: 1400 << 10, MaxMemoryPerCaller: 700 << 10})
	calls := newGate(upstream, everything)
	tokens := sandbox.DemoTokens()
	var running []<-chan gatewaytest.Response
	for _, token := range tokens[:3] {
		running = append(running, server.Start(server.NewRequest(t, token.Token, askViewer, nil)))
		calls.await(t, 1, running[len(running)-1])
		response := server.Query(t, token.Token, askViewer, nil)
		wantRejected(t, response, http.StatusServiceUnavailable, "OVERLOADED")
		if !strings.Contains(string(response.Body), "of this caller use too much memory") {
			t.Errorf("%s", response.Body)
		}
	}
	wantOverloaded(t, server.Query(t, "another", askViewer, nil))
	diff(t, "calls", 3, len(upstream.TakeCalls()))
	calls.open()
	for _, response := range running {
		<-response
	}
}
