// Package telemetry observes requests, operations and upstream calls: access log, metrics, traces, drift and X-Explain.
// It never decides how a request is answered.
//
// Begin, Operation and Explain each return a function that the caller must call when the observed work is done.
package telemetry

import (
	"log/slog"
	"net/netip"

	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway/telemetry/drift"
	"mstudio-graphql/gateway/telemetry/metrics"
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
