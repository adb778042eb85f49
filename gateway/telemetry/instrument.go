package telemetry

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// callObserver is called when an upstream call begins, and returns a function for its end.
type callObserver func(ctx context.Context, op string) (context.Context, func(rest.CallResult))

// and combines two observers. Each may be nil. The second receives the context of the first.
func (o callObserver) and(other callObserver) callObserver {
	switch {
	case o == nil:
		return other
	case other == nil:
		return o
	}
	return func(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
		ctx, end := o(ctx, op)
		ctx, endOther := other(ctx, op)
		return ctx, func(result rest.CallResult) {
			endOther(result)
			end(result)
		}
	}
}

// splitRoute splits an op into method and path template.
func splitRoute(op string) (method, route string) {
	method, route, _ = strings.Cut(op, " ")
	return method, route
}

// observeCalls returns the observer of all upstream calls.
func (t *Telemetry) observeCalls() callObserver {
	var calls callObserver
	if t.metrics != nil {
		calls = t.countCall
	}
	if t.tracer != nil {
		calls = calls.and(t.traceCall)
	}
	return calls.and(recordAccepted) // operation labels and the gateway's stores depend on it
}

func (t *Telemetry) countCall(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	return ctx, t.metrics.CallStarted(splitRoute(op))
}

// noteFailure reports a failed attempt to the access log, the metrics and the trace.
func (t *Telemetry) noteFailure(ctx context.Context, failure *rest.Error) {
	reason := failure.Reason()
	RecordOf(ctx).addReason(reason)
	if t.metrics != nil {
		method, route := splitRoute(failure.Op)
		t.metrics.AttemptFailed(method, route, reason)
	}
	if t.tracer != nil {
		traceFailure(ctx, reason)
	}
}

// countRequest counts the start of a request and returns a function for its end.
func (t *Telemetry) countRequest(r *http.Request, record *Record, w *ResponseWriter, start time.Time) func() {
	if t.metrics == nil {
		return func() {}
	}
	end := t.metrics.RequestStarted()
	return func() {
		end()
		t.metrics.Answered(metrics.Request{
			Route: routeOf(r), Method: knownMethod(r.Method), Status: w.code(), Duration: time.Since(start), Codes: record.codes,
		})
	}
}

// ToolCalled counts a call of a tool for AI assistants. Both labels must be bounded.
func (t *Telemetry) ToolCalled(tool, outcome string) {
	if t.metrics != nil {
		t.metrics.ToolCalled(tool, outcome)
	}
}

func (t *Telemetry) countOperation(ctx context.Context, operation *graphql.OperationContext, response *graphql.Response, stats *loader.Stats, duration time.Duration) {
	if t.metrics == nil {
		return
	}
	usage := RecordOf(ctx).Usage
	t.metrics.Executed(metrics.Operation{
		Name: t.labelOf(ctx, operation, response), Type: string(operation.Operation.Operation),
		Duration: duration, Failed: failed(response), Calls: usage.Calls, Shared: usage.Shared,
		Waited: usage.Waited, Lane: usage.Lane.String(), RateRejected: string(usage.Rejected),
		Loads: stats.Loads.Load(), Fetches: stats.Fetches.Load(), PublicHits: stats.PublicHits.Load(),
	})
}
