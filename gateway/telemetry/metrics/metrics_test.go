package metrics

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"mstudio-graphql/rest"
)

func closed() rest.BreakerState { return rest.BreakerClosed }

func newMetrics(t *testing.T) (*Metrics, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	m, err := New(registry, closed)
	if err != nil {
		t.Fatal(err)
	}
	return m, registry
}

// wantMetrics compares the named metrics with Prometheus's text format.
func wantMetrics(t *testing.T, registry *prometheus.Registry, want string, names ...string) {
	t.Helper()
	for i, name := range names {
		names[i] = prefix + name
	}
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
}

// kinds gathers all metrics and returns their kinds by name.
func kinds(t *testing.T, registry *prometheus.Registry) map[string]string {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, family := range families {
		found[family.GetName()] = strings.ToLower(family.GetType().String())
	}
	return found
}

// Names and help texts follow Prometheus's conventions.
func TestMetricsAreWellFormed(t *testing.T) {
	t.Parallel()
	m, registry := newMetrics(t)
	useAll(m)
	problems, err := testutil.GatherAndLint(registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	defined := map[string]string{}
	for _, definition := range m.Definitions() {
		defined[definition.Name] = definition.Kind
	}
	if d := cmp.Diff(defined, kinds(t, registry)); d != "" {
		t.Errorf("definitions and gathered metrics differ (-defined +gathered):\n%s", d)
	}
	if _, err := New(registry, closed); err == nil {
		t.Error("New registered the same metrics twice")
	}
}

// useAll observes every metric once.
func useAll(m *Metrics) {
	end := m.RequestStarted()
	m.Answered(Request{Route: "GET /files/{link}", Method: "GET", Status: 200, Duration: time.Second, Codes: []string{"NOT_FOUND"}})
	end()
	m.Executed(Operation{Name: "Inbox", Type: "query", Calls: 51, Shared: 2, Waited: time.Second, Lane: "batch", RateRejected: "deadline", Loads: 60, Fetches: 51, PublicHits: 1})
	m.ToolCalled("inbox", "ok")
	m.Batch(1)
	m.ConnectionClosed("bytes")
	m.RateExceeded(RateOfCaller)
	m.ObserveMemory(func() (used, limit int64) { return 5, 10 })
	m.StreamStarted("sse")("write_timeout")
	m.Polled("changed")
	m.Changed("added", time.Second)
	m.Shared("rates", "ok", time.Millisecond)
	m.Drift(rest.Drift{Kind: rest.DriftTag, Route: "/conversations/{conversationId}/messages", Field: "Message", Value: "POLL"})
	m.AttemptFailed("GET", "/conversations", rest.ReasonReset)
	m.CallStarted("GET", "/conversations")(rest.CallResult{Status: 200, Attempts: 3, RateLimit: 100, RateRemaining: 20})
}

func TestCalls(t *testing.T) {
	t.Parallel()
	m, registry := newMetrics(t)
	const route = "/conversations/{conversationId}"
	for _, result := range []rest.CallResult{
		{Status: 200, Attempts: 1},
		{Status: 201, Attempts: 2},
		{Status: 404, Attempts: 1},
		{Status: 429, Attempts: 1},
		{Status: 503, Attempts: 3},
		{Attempts: 3},
		{},
		{Status: 999, Attempts: 1},
	} {
		m.CallStarted("GET", route)(result)
	}
	running := m.CallStarted("PUT", "/conversations/{conversationId}")
	wantMetrics(t, registry, `
# HELP mstudio_graphql_upstream_calls_in_flight mStudio calls in progress.
# TYPE mstudio_graphql_upstream_calls_in_flight gauge
mstudio_graphql_upstream_calls_in_flight 1
# HELP mstudio_graphql_upstream_calls_total mStudio calls by route and status class of the last attempt; none means no response.
# TYPE mstudio_graphql_upstream_calls_total counter
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="2xx"} 2
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="429"} 1
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="4xx"} 1
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="5xx"} 1
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="none"} 2
mstudio_graphql_upstream_calls_total{method="GET",route="/conversations/{conversationId}",status="other"} 1
# HELP mstudio_graphql_upstream_retries_total Repeated attempts of failed mStudio calls.
# TYPE mstudio_graphql_upstream_retries_total counter
mstudio_graphql_upstream_retries_total{method="GET",route="/conversations/{conversationId}"} 5
`, "upstream_calls_total", "upstream_retries_total", "upstream_calls_in_flight")
	running(rest.CallResult{Status: 204, Attempts: 1})
	if got := testutil.ToFloat64(m.callsRunning); got != 0 {
		t.Errorf("%v calls are running", got)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	m, registry := newMetrics(t)
	for _, route := range []string{"/graphql", "/healthz", "none"} {
		m.Answered(Request{Route: route, Method: "GET", Status: 404, Codes: []string{"NOT_FOUND", "NOT_FOUND"}})
	}
	wantMetrics(t, registry, `
# HELP mstudio_graphql_errors_total Errors in responses by extensions.code.
# TYPE mstudio_graphql_errors_total counter
mstudio_graphql_errors_total{code="NOT_FOUND"} 6
# HELP mstudio_graphql_http_requests_total HTTP requests by route and response status.
# TYPE mstudio_graphql_http_requests_total counter
mstudio_graphql_http_requests_total{method="GET",route="/graphql",status="404"} 1
mstudio_graphql_http_requests_total{method="GET",route="/healthz",status="404"} 1
mstudio_graphql_http_requests_total{method="GET",route="none",status="404"} 1
`, "errors_total", "http_requests_total")
}

func TestLive(t *testing.T) {
	t.Parallel()
	m, registry := newMetrics(t)
	m.StreamStarted("sse")("write_timeout")
	m.StreamStarted("websocket")("client")
	m.StreamStarted("websocket")
	m.Dropped("memory")
	m.Polled("unchanged")
	m.Changed("added", 3*time.Second)
	m.Changed("removed", 0)
	m.ObserveLive(func() LiveState { return LiveState{Callers: 2, Subscriptions: 3, Leads: 1, Stretch: 1.5} })
	wantMetrics(t, registry, `
# HELP mstudio_graphql_live_changes_total Changes that polls have found for subscriptions, by kind.
# TYPE mstudio_graphql_live_changes_total counter
mstudio_graphql_live_changes_total{kind="added"} 1
mstudio_graphql_live_changes_total{kind="removed"} 1
# HELP mstudio_graphql_live_dropped_total Times that one RESYNC replaced the events of a subscription (slow_reader, memory, too_many changes, late_rows, or an old_cursor), or that a stream was closed (write_timeout), by reason.
# TYPE mstudio_graphql_live_dropped_total counter
mstudio_graphql_live_dropped_total{reason="memory"} 1
mstudio_graphql_live_dropped_total{reason="write_timeout"} 1
# HELP mstudio_graphql_live_leader Callers for whom this replica polls in place of others; 0 without other replicas.
# TYPE mstudio_graphql_live_leader gauge
mstudio_graphql_live_leader 1
# HELP mstudio_graphql_live_streams Open streams by transport: sse, multipart or websocket.
# TYPE mstudio_graphql_live_streams gauge
mstudio_graphql_live_streams{transport="sse"} 0
mstudio_graphql_live_streams{transport="websocket"} 1
# HELP mstudio_graphql_live_stretch Factor of all polling intervals that keeps the polls within --live-polls; 1 means none.
# TYPE mstudio_graphql_live_stretch gauge
mstudio_graphql_live_stretch 1.5
# HELP mstudio_graphql_live_subscriptions Subscriptions in progress.
# TYPE mstudio_graphql_live_subscriptions gauge
mstudio_graphql_live_subscriptions 3
# HELP mstudio_graphql_live_polls_total Polls for subscriptions by result: unchanged, changed, or the code of the error.
# TYPE mstudio_graphql_live_polls_total counter
mstudio_graphql_live_polls_total{result="unchanged"} 1
# HELP mstudio_graphql_live_watchers Callers whose conversations are polled.
# TYPE mstudio_graphql_live_watchers gauge
mstudio_graphql_live_watchers 2
`, "live_changes_total", "live_dropped_total", "live_leader", "live_streams", "live_stretch", "live_subscriptions", "live_polls_total", "live_watchers")
}

func TestShare(t *testing.T) {
	t.Parallel()
	m, registry := newMetrics(t)
	m.Shared("rates", "ok", 300*time.Microsecond)
	m.Shared("rates", "timeout", 5*time.Millisecond)
	m.ShareGarbage("texts")
	m.ShareDropped()
	m.ObserveShare(func() string { return "open" })
	wantMetrics(t, registry, `
# HELP mstudio_graphql_share_commands_total Commands to Valkey by use and result; garbage counts values that were ignored because of their format.
# TYPE mstudio_graphql_share_commands_total counter
mstudio_graphql_share_commands_total{result="garbage",use="texts"} 1
mstudio_graphql_share_commands_total{result="ok",use="rates"} 1
mstudio_graphql_share_commands_total{result="timeout",use="rates"} 1
# HELP mstudio_graphql_share_dropped_total Writes to Valkey that were dropped because it did not answer or too many were waiting.
# TYPE mstudio_graphql_share_dropped_total counter
mstudio_graphql_share_dropped_total 1
# HELP mstudio_graphql_share_state 1 for the current state of Valkey: closed (in use), open (no answer in time), readonly (it rejects writes) or refused (wrong password or certificate). All are 0 without --valkey-url.
# TYPE mstudio_graphql_share_state gauge
mstudio_graphql_share_state{state="closed"} 0
mstudio_graphql_share_state{state="open"} 1
mstudio_graphql_share_state{state="readonly"} 0
mstudio_graphql_share_state{state="refused"} 0
`, "share_commands_total", "share_dropped_total", "share_state")
}

func TestBreakerState(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	if _, err := New(registry, func() rest.BreakerState { return rest.BreakerOpen }); err != nil {
		t.Fatal(err)
	}
	wantMetrics(t, registry, `
# HELP mstudio_graphql_upstream_breaker_state 1 for the current state of the circuit breakers for mStudio calls: open if that of any route is open, otherwise closed.
# TYPE mstudio_graphql_upstream_breaker_state gauge
mstudio_graphql_upstream_breaker_state{state="closed"} 0
mstudio_graphql_upstream_breaker_state{state="open"} 1
`, "upstream_breaker_state")
}

// BenchmarkOperation measures the metrics of an inbox: 50 conversations with their messages in 51 calls.
func BenchmarkOperation(b *testing.B) {
	m, err := New(prometheus.NewRegistry(), closed)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		end := m.RequestStarted()
		for range 51 {
			m.Batch(1)
			m.CallStarted("GET", "/conversations/{conversationId}/messages")(rest.CallResult{Status: 200, Attempts: 1, RateLimit: 300, RateRemaining: 200})
		}
		m.Executed(Operation{Name: "Inbox", Type: "query", Duration: time.Second, Calls: 51, Loads: 51, Fetches: 51})
		m.Answered(Request{Route: "/graphql", Method: "POST", Status: 200, Duration: time.Second})
		end()
	}
}
