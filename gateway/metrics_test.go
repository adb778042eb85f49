package gateway_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// counted starts a gateway with metrics and returns their registry.
func counted(t testing.TB, config gateway.Config) (*gatewaytest.Server, *gatewaytest.Upstream, *prometheus.Registry) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server, registry := countedFrom(t, upstream, config)
	return server, upstream, registry
}

// countedFrom returns a gateway with this upstream, and its metrics.
func countedFrom(t testing.TB, upstream *gatewaytest.Upstream, config gateway.Config) (*gatewaytest.Server, *prometheus.Registry) {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: upstream.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	registry := prometheus.NewRegistry()
	config.Client = client
	if config.Metrics, err = metrics.New(registry, client.Breaker); err != nil {
		t.Fatal(err)
	}
	return gatewaytest.NewServer(t, upstream, config), registry
}

// samples returns the values of counters and gauges, and the sample counts of histograms, by "name label=value …".
func samples(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := strings.TrimPrefix(family.GetName(), "mstudio_graphql_")
			for _, label := range metric.GetLabel() {
				name += " " + label.GetName() + "=" + label.GetValue()
			}
			found[name] = valueOf(metric)
		}
	}
	return found
}

func valueOf(metric *dto.Metric) float64 {
	switch {
	case metric.GetCounter() != nil:
		return metric.GetCounter().GetValue()
	case metric.GetHistogram() != nil:
		return float64(metric.GetHistogram().GetSampleCount())
	}
	return metric.GetGauge().GetValue()
}

// wantSamples compares the samples in want. A missing sample counts as 0.
func wantSamples(t *testing.T, registry *prometheus.Registry, want map[string]float64) {
	t.Helper()
	got := samples(t, registry)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: want %v, got %v", name, value, got[name])
		}
	}
	if t.Failed() {
		t.Logf("all: %v", got)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	server, upstream, registry := counted(t, gateway.Config{})
	upstream.Replace("GET /v2/conversations/"+shortID+"/members", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	ask(t, server, `query Ticket { a: conversation(id: "`+shortID+`") { members { user { id } } messages { totalCount } } b: conversation(id: "`+shortID+`") { id } }`)
	ask(t, server, `query Ticket { conversation(id: "`+shortID+`") { id } }`)
	ask(t, server, `{ conversationCategories { id } }`)
	ask(t, server, `{ conversationCategories { id } }`)
	explain(t, server, "true", `{ viewer { id } }`, nil)
	explain(t, server, "dry-run", `{ viewer { id } }`, nil)
	ask(t, server, `{ nope }`)
	call{header: http.Header{"Authorization": nil}}.send(t, server)
	call{path: "/nowhere", method: http.MethodGet}.send(t, server)
	wantSamples(t, registry, map[string]float64{
		"http_requests_total method=POST route=/graphql status=200": 7,
		"http_requests_total method=POST route=/graphql status=401": 1,
		"http_requests_total method=GET route=none status=404":      1,
		"http_request_duration_seconds route=/graphql":              8,
		"http_requests_in_flight":                                   0,
		"operations_in_flight_limit":                                128,

		// A name becomes a label after an operation with it succeeded.
		"operations_total operation=other outcome=error type=query": 1,
		"operations_total operation=Ticket outcome=ok type=query":   1,
		"operations_total operation=unnamed outcome=ok type=query":  3,
		"operation_upstream_calls type=query":                       5,
		"errors_total code=FORBIDDEN":                               1,
		"errors_total code=GRAPHQL_VALIDATION_FAILED":               1,
		"errors_total code=UNAUTHENTICATED":                         1,

		"upstream_calls_total method=GET route=/conversations/{conversationId} status=2xx":          2,
		"upstream_calls_total method=GET route=/conversations/{conversationId}/members status=4xx":  1,
		"upstream_calls_total method=GET route=/conversations/{conversationId}/messages status=2xx": 1,
		"upstream_calls_total method=GET route=/conversation-categories status=2xx":                 1,
		"upstream_calls_total method=GET route=/users/self status=2xx":                              1,
		"upstream_calls_in_flight":            0,
		"upstream_breaker_state state=closed": 1,

		"loader_asked_total":   8,
		"loader_fetched_total": 7,
		"loader_batch_keys":    7,
		"public_kept_total":    1,
	})
}

// Only operations of authenticated callers add operation labels. Public data and operations without calls prove nothing.
func TestMetrics_UnauthenticatedOperationsAddNoLabels(t *testing.T) {
	t.Parallel()
	server, upstream, registry := counted(t, gateway.Config{Subgraph: true, Introspection: gateway.IntrospectionOn, KeepCategories: -1})
	subgraph := *server
	subgraph.URL = server.Base + "/subgraph"
	for i := range 150 {
		token := fmt.Sprintf("nobody-%d", i)
		wantErrors(t, server.Query(t, token, fmt.Sprintf(`query EvilA%d { __typename }`, i), nil))
		wantErrors(t, withoutToken(t, &subgraph, fmt.Sprintf(`query EvilB%d { _service { sdl } }`, i)))
		wantErrors(t, withoutToken(t, server, fmt.Sprintf(`query EvilC%d { __schema { queryType { name } } }`, i)))
	}
	diff(t, "calls", []string(nil), upstream.TakeCalls())
	wantErrors(t, server.Query(t, "nobody", `query EvilD { conversationCategories { id } }`, nil))
	wantErrors(t, server.Query(t, "nobody", `query EvilE { viewer { id } }`, nil), "viewer: UNAUTHENTICATED")
	diff(t, "calls", []string{"GET /v2/conversation-categories", "GET /v2/users/self"}, upstream.TakeCalls())
	wantErrors(t, ask(t, server, `query Good { viewer { id } }`))
	wantSamples(t, registry, map[string]float64{
		"operations_total operation=Good outcome=ok type=query":     1,
		"operations_total operation=other outcome=ok type=query":    451,
		"operations_total operation=other outcome=error type=query": 1,
	})
}

// The sandbox has a conversation with values that are not in the schema. They are counted, and logged once each.
func TestMetrics_Drift(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, _, registry := counted(t, gateway.Config{Log: book.logger()})
	for range 2 {
		ask(t, server, `{ conversations(first: 100) { nodes { status messages { totalCount } } } }`)
	}
	wantSamples(t, registry, map[string]float64{
		"upstream_drift_total field=Message kind=tag route=/conversations/{conversationId}/messages value=POLL":                     4,
		"upstream_drift_total field=ServiceRequest.kind kind=value route=/conversations/{conversationId}/messages value=aiHandover": 2,
		"upstream_drift_total field=File.state kind=value route=/conversations/{conversationId}/messages value=quarantined":         2,
	})
	logged := map[string]int{}
	for _, record := range book.records(t, "upstream drift") {
		if record["kind"] != "tag" && record["kind"] != "value" {
			t.Errorf("the sandbox has no other drift: %v", record)
		}
		logged[fmt.Sprint(record["kind"], record["route"], record["field"], record["value"])]++
	}
	for finding, times := range logged {
		if times != 1 {
			t.Errorf("%s was logged %d times", finding, times)
		}
	}
	if logged["tag/conversations/{conversationId}/messagesMessagePOLL"] != 1 {
		t.Errorf("logged: %v", logged)
	}
}

var idLike = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}`)

// Metrics contain no data of callers and no IDs.
func TestMetrics_ContainNoCallerData(t *testing.T) {
	t.Parallel()
	server, upstream, registry := counted(t, gateway.Config{RevealSecrets: true})
	const canary = "canaryCanary"
	upstream.Replace("GET /v2/conversations/"+otherID, jsonResponse(fmt.Sprintf(
		`{"conversationId":%q,"title":%q,"status":"%s is free","visibility":"999%s","relatedTo":{"id":%[2]q,"domain":"%[2]s 1","aggregate":%[1]q}}`, otherID, canary, canary, canary)))
	ask(t, server, `{ conversation(id: "`+otherID+`") { title status } conversations(first: 5) { nodes { title createdBy { name } messages(first: 20) { nodes { ... on TextMessage { content files { ... on UploadedFile { download { url } } } } } } } } }`)
	server.Query(t, canary, `query `+canary+`1 { viewer { name } }`, nil)
	call{method: http.MethodGet, path: "/" + canary}.send(t, server)
	call{method: "CANARY", path: "/graphql?" + canary}.send(t, server)
	call{method: http.MethodGet, path: "/files/" + canary}.send(t, server)
	text := scrape(t, registry)
	for _, secret := range []string{canary, "CANARY", gatewaytest.Token(), "127.0.0.1", "http:", "v2"} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics contain %q", secret)
		}
	}
	if found := idLike.FindString(text); found != "" {
		t.Errorf("the metrics contain an ID: %s", found)
	}
	if !strings.Contains(text, `mstudio_graphql_upstream_drift_total{field="Conversation.status",kind="value",route="/conversations/{conversationId}",value="other"} 1`) {
		t.Errorf("the metrics contain no drift:\n%s", text)
	}
}

// scrape reads the metrics over HTTP, like Prometheus.
func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	upstream.Replace("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, upstream.URL+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	server, _ := start(t, gateway.Config{})
	response := server.Do(t, request)
	diff(t, "status", http.StatusOK, response.Status)
	return string(response.Body)
}
