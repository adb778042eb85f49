// Package telemetry observes requests, operations and upstream calls: access log, metrics, traces, drift and X-Explain.
// It never decides how a request is answered.
//
// Begin, Operation and Explain each return a function that the caller must call when the observed work is done.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry/drift"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// Telemetry observes one gateway. It is safe for concurrent use.
type Telemetry struct {
	log      *slog.Logger
	proxies  []netip.Prefix   // trusted ones
	metrics  *metrics.Metrics // nil without metrics
	tracer   trace.Tracer     // nil without traces
	labels   operationLabels
	upstream *rest.Trace // of all upstream calls
}

// New returns a Telemetry that writes to log. proxies are trusted to name the addresses of their clients. counted and traces may
// be nil.
func New(log *slog.Logger, proxies []netip.Prefix, counted *metrics.Metrics, traces trace.TracerProvider) *Telemetry {
	t := &Telemetry{log: log, proxies: proxies, metrics: counted}
	if traces != nil {
		t.tracer = traces.Tracer("mstudio-graphql/gateway")
	}
	var countDrift func(rest.Drift)
	if counted != nil {
		countDrift = counted.Drift
	}
	t.upstream = &rest.Trace{Call: t.observeCalls(), Failed: t.noteFailure, Drift: drift.New(log, countDrift).Note}
	return t
}

// Begin starts observing a request and sets X-Request-Id. The returned writer and request replace the arguments. end
// writes the access log and counts the request.
func (t *Telemetry) Begin(w http.ResponseWriter, r *http.Request) (observed *ResponseWriter, request *http.Request, end func()) {
	start := time.Now()
	record := &Record{RequestID: requestID(r), address: t.addressOf(r), telemetry: t, start: start}
	w.Header().Set(httpapi.RequestIDHeader, record.RequestID)
	observed = &ResponseWriter{ResponseWriter: w}
	ctx := rest.WithTrace(context.WithValue(r.Context(), recordKey{}, record), t.upstream)
	if t.tracer != nil {
		ctx = withParent(ctx, r.Header)
	}
	r = r.WithContext(ctx)
	counted := t.countRequest(r, record, observed, start)
	return observed, r, func() {
		defer counted()
		if record.stream != 0 {
			observed.status = record.stream
			return
		}
		t.logRequest(r, record, observed)
	}
}

// Operation starts observing an operation. The operation must run with the returned context. end accepts a nil response
// if the operation panicked.
func (t *Telemetry) Operation(ctx context.Context, operation *graphql.OperationContext) (observed context.Context, stats *loader.Stats, end func(*graphql.Response)) {
	start, stats := time.Now(), &loader.Stats{}
	endSpan := func(*graphql.Response) {}
	if t.tracer != nil {
		ctx, endSpan = t.traceOperation(ctx, operation)
	}
	if t.metrics != nil {
		stats.Batch = t.metrics.Batch
		ctx = loader.WithStats(ctx, stats)
	}
	return ctx, stats, func(response *graphql.Response) {
		defer endSpan(response)
		t.countOperation(ctx, operation, response, stats, time.Since(start))
	}
}

func (t *Telemetry) addressOf(r *http.Request) string {
	if address := httpapi.ClientAddress(r, t.proxies); address.IsValid() {
		return address.String()
	}
	return ""
}
