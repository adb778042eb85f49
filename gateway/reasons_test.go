package gateway_test

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Operators learn from log, metrics and traces why each attempt failed, also if a later attempt succeeded.
func TestReasons(t *testing.T) {
	t.Parallel()
	book, spans, registry := &logBook{}, tracetest.NewSpanRecorder(), prometheus.NewRegistry()
	config := gateway.Config{Log: book.logger(), TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))}
	var err error
	if config.Metrics, err = metrics.New(registry, func() rest.BreakerState { return rest.BreakerClosed }); err != nil {
		t.Fatal(err)
	}
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, config)
	unavailable := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	upstream.Replace("GET /v2/users/self", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	upstream.Replace("GET /v2/conversations/"+shortID, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upstream.Replace("GET /v2/conversations/"+shortID, sandbox.New(sandbox.Config{}))
		unavailable(w, r)
	}))
	wantErrors(t, ask(t, server, `{ viewer { id } conversation(id: "`+shortID+`") { id } }`), "viewer: UPSTREAM_BAD_RESPONSE")
	server.Close()
	diff(t, "access log", map[string]any{"codes": "UPSTREAM_BAD_RESPONSE", "reasons": "not_json,server_error"}, only(book.records(t, "request")[0], "codes", "reasons"))
	reasons := map[string]any{}
	for _, record := range book.records(t, "upstream call") {
		if record["reason"] != nil {
			reasons[record["op"].(string)] = record["reason"]
		}
	}
	const single = "GET /conversations/{conversationId}"
	diff(t, "debug log", map[string]any{"GET /users/self": "not_json", single: "server_error"}, reasons)
	wantSamples(t, registry, map[string]float64{
		"upstream_failures_total method=GET reason=not_json route=/users/self":                         1,
		"upstream_failures_total method=GET reason=server_error route=/conversations/{conversationId}": 1,
	})
	events := map[string]string{}
	for _, span := range spans.Ended() {
		for _, event := range span.Events() {
			events[span.Name()] = event.Name + " " + event.Attributes[0].Value.String()
		}
	}
	diff(t, "events", map[string]string{"GET /users/self": "attempt failed not_json", single: "attempt failed server_error"}, events)
}
