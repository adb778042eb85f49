package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	metricscollector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"mstudio-graphql/internal/process"
	"mstudio-graphql/sandbox"
)

// traceCollector receives traces by OTLP.
type traceCollector struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	spans    map[string]int // spans counts by name; resource holds the attributes of the program
	resource map[string]string
	bodies   strings.Builder
}

func newTraceCollector(t *testing.T) *traceCollector {
	t.Helper()
	c := &traceCollector{t: t, spans: map[string]int{}, resource: map[string]string{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP decodes one batch.
func (c *traceCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var batch collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &batch) != nil {
		c.t.Errorf("not a batch of traces: %s %s %v", r.Method, r.URL.Path, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bodies.Write(body)
	for _, of := range batch.GetResourceSpans() {
		for _, attribute := range of.GetResource().GetAttributes() {
			c.resource[attribute.GetKey()] = attribute.GetValue().GetStringValue()
		}
		for _, scope := range of.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans[span.GetName()]++
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// Traces reach the collector that OpenTelemetry's variables name. The last ones are sent at shutdown.
func TestTraces(t *testing.T) {
	t.Parallel()
	c := newTraceCollector(t)
	for _, flag := range []string{"--otlp-endpoint=" + c.URL + "/", "--otlp-traces-endpoint=" + c.URL + "/v1/traces"} {
		p := launch(t, "--sandbox", "--listen=127.0.0.1:0", flag)
		if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.body)
		}
		if err := p.end(); err != nil {
			t.Errorf("exited with %v", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := cmp.Diff(map[string]int{"query": 2, "GET /users/self": 2}, c.spans); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if c.resource["service.name"] != "mstudio-graphql" || c.resource["service.version"] != process.Version() {
		t.Errorf("resource: %v", c.resource)
	}
	if strings.Contains(c.bodies.String(), sandbox.DemoTokens()[0].Token) {
		t.Error("the traces contain the token")
	}
}

// An unreachable collector affects neither responses nor shutdown.
func TestOTLP_CollectorUnreachable(t *testing.T) {
	t.Parallel()
	unreachable := httptest.NewServer(http.NotFoundHandler())
	unreachable.Close()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--otlp-endpoint="+unreachable.URL, "--metrics-exporter=otlp")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if strings.Contains(p.stderr.String(), unreachable.URL) {
		t.Errorf("the log contains the collector's address: %s", p.stderr)
	}
}

// A flag overrides its variable although OpenTelemetry's library also reads the variable.
func TestTraces_FlagOverridesVariable(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json")
	c := newTraceCollector(t) // rejects JSON
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--otlp-endpoint="+c.URL, "--otlp-traces-protocol=http/protobuf")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if c.spans["query"] != 1 {
		t.Errorf("got %v", c.spans)
	}
}

// Invalid headers for the collector are logged without the credentials that they contain.
func TestTraces_InvalidHeaders(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization Bearer hunter2,authorization=hunter2%zz,hunter2@=x")
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "hunter2")
	c := newTraceCollector(t)
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--log-format=json", "--otlp-endpoint="+c.URL)
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	var about []string
	for line := range strings.Lines(p.stderr.String()) {
		var record struct{ Level, About string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		if record.Level == "WARN" {
			about = append(about, record.About)
		}
	}
	if d := cmp.Diff([]string{"parse headers", "escape header value", "parse headers", "parse duration"}, about); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if strings.Contains(p.stderr.String(), "hunter2") {
		t.Errorf("the log contains the credentials: %s", p.stderr)
	}
}

// Metrics reach the collector, with the names and labels of /metrics, the last ones at shutdown. They need no listener, and a
// collector of traces receives none by default.
func TestMetricsByOTLP(t *testing.T) {
	t.Parallel()
	traces := newTraceCollector(t) // rejects metrics
	var mu sync.Mutex
	counts, resource := map[string]float64{}, map[string]string{}
	metrics := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var batch metricscollector.ExportMetricsServiceRequest
		if err != nil || r.URL.Path != "/v1/metrics" || proto.Unmarshal(body, &batch) != nil {
			t.Errorf("not a batch of metrics: %s %s %v", r.Method, r.URL.Path, err)
		}
		if strings.Contains(string(body), sandbox.DemoTokens()[0].Token) {
			t.Error("the metrics contain the token")
		}
		mu.Lock()
		defer mu.Unlock()
		for _, of := range batch.GetResourceMetrics() {
			for _, attribute := range of.GetResource().GetAttributes() {
				resource[attribute.GetKey()] = attribute.GetValue().GetStringValue()
			}
			for _, metric := range of.GetScopeMetrics()[0].GetMetrics() {
				for _, point := range metric.GetSum().GetDataPoints() {
					var labels []string
					for _, label := range point.GetAttributes() {
						labels = append(labels, label.GetKey()+"="+label.GetValue().GetStringValue())
					}
					counts[metric.GetName()+"{"+strings.Join(labels, ",")+"}"] = point.GetAsDouble()
				}
			}
		}
	}))
	t.Cleanup(metrics.Close)
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--otlp-endpoint="+traces.URL, "--otlp-metrics-endpoint="+metrics.URL+"/v1/metrics")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if name := "mstudio_graphql_http_requests_total{method=POST,route=/graphql,status=200}"; counts[name] != 1 || resource["service.name"] != "mstudio-graphql" {
		t.Errorf("resource %v, counts %v", resource, counts)
	}
	if strings.Contains(p.stderr.String(), "OTLP export failed") {
		t.Errorf("got %s", p.stderr)
	}
}
