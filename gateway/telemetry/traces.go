package telemetry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/rest"
)

// withParent makes spans children of the request's traceparent. It ignores tracestate and baggage, which are free text
// from an untrusted client. None of the headers is forwarded to mStudio.
func withParent(ctx context.Context, header http.Header) context.Context {
	const traceparent = "traceparent"
	given := propagation.MapCarrier{traceparent: header.Get(traceparent)}
	return propagation.TraceContext{}.Extract(ctx, given)
}

// traceOperation starts the span of an operation and returns a function that ends it. Attributes contain no IDs and no
// text: the name is a label.
func (t *Telemetry) traceOperation(ctx context.Context, operation *graphql.OperationContext) (context.Context, func(*graphql.Response)) {
	kind := string(operation.Operation.Operation)
	ctx, span := t.tracer.Start(ctx, kind, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("graphql.operation.type", kind)))
	if span.SpanContext().IsValid() {
		RecordOf(ctx).traceID = span.SpanContext().TraceID().String()
	}
	return ctx, func(response *graphql.Response) {
		defer span.End()
		span.SetAttributes(
			attribute.String("graphql.operation.name", t.labelOf(ctx, operation, response)),
			attribute.Int("mstudio.upstream.calls", RecordOf(ctx).Usage.Calls))
		if failed(response) {
			span.SetAttributes(attribute.String("error.type", firstCode(response)))
			span.SetStatus(codes.Error, "")
		}
	}
}

// failed reports whether an operation panicked (nil) or returned errors.
func failed(response *graphql.Response) bool { return response == nil || len(response.Errors) > 0 }

func firstCode(response *graphql.Response) string {
	if response == nil {
		return "panic"
	}
	return fmt.Sprint(response.Errors[0].Extensions["code"])
}

// traceFailure adds an event to the span of an upstream call.
func traceFailure(ctx context.Context, reason rest.Reason) {
	trace.SpanFromContext(ctx).AddEvent("attempt failed", trace.WithAttributes(attribute.String("reason", string(reason))))
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
