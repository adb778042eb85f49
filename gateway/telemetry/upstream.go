package telemetry

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/rest"
)

// callObserver is called when an upstream call begins, and returns a function for its end.
type callObserver func(ctx context.Context, op string) (context.Context, func(rest.CallResult))

// and combines two observers. The second receives the context of the first.
func (o callObserver) and(other callObserver) callObserver {
	return func(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
		ctx, end := o(ctx, op)
		ctx, endOther := other(ctx, op)
		return ctx, func(result rest.CallResult) {
			endOther(result)
			end(result)
		}
	}
}

// observeCalls returns the observer of all upstream calls.
func (t *Telemetry) observeCalls() callObserver {
	calls := callObserver(recordAccepted) // operation labels and the gateway's stores depend on it
	if t.metrics != nil {
		calls = calls.and(t.countCall)
	}
	if t.tracer != nil {
		calls = calls.and(t.traceCall)
	}
	return calls
}

func (t *Telemetry) countCall(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	return ctx, t.metrics.CallStarted(splitRoute(op))
}

// traceCall starts the span of an upstream call, named by its route, and returns a function that ends it.
func (t *Telemetry) traceCall(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	method, route := splitRoute(op)
	ctx, span := t.tracer.Start(ctx, op, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("url.template", route)))
	return ctx, func(result rest.CallResult) {
		defer span.End()
		if result.Status != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", result.Status))
		}
		if result.Attempts > 1 {
			span.SetAttributes(attribute.Int("http.request.resend_count", result.Attempts-1))
		}
		if result.Code != "" {
			span.SetAttributes(attribute.String("error.type", string(result.Code)))
			span.SetStatus(codes.Error, "")
		}
	}
}

// recordAccepted records that mStudio accepted the caller's token, which a successful call proves. Categories are
// public and prove nothing.
func recordAccepted(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	_, route := splitRoute(op)
	return ctx, func(result rest.CallResult) {
		if result.Code == "" && !strings.HasPrefix(route, "/conversation-categories") {
			RecordOf(ctx).Accept()
		}
	}
}

// splitRoute splits an op into method and path template.
func splitRoute(op string) (method, route string) {
	method, route, _ = strings.Cut(op, " ")
	return method, route
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

// traceFailure adds an event to the span of an upstream call.
func traceFailure(ctx context.Context, reason rest.Reason) {
	trace.SpanFromContext(ctx).AddEvent("attempt failed", trace.WithAttributes(attribute.String("reason", string(reason))))
}
