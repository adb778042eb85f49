package gateway

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

// withCallersTrace makes spans part of the trace that a request says it belongs to. Nothing else is taken over: what is
// in tracestate and baggage is free text of a stranger. None of it goes to mStudio.
func withCallersTrace(ctx context.Context, header http.Header) context.Context {
	const traceparent = "traceparent"
	given := propagation.MapCarrier{traceparent: header.Get(traceparent)}
	return propagation.TraceContext{}.Extract(ctx, given)
}

// traceOperation begins the span of an operation. What it returns ends it. Attributes hold no id and no text: the name
// is one of those that are told apart.
func (g *Gateway) traceOperation(ctx context.Context, operation *graphql.OperationContext) (context.Context, func(*graphql.Response)) {
	kind := string(operation.Operation.Operation)
	ctx, span := g.tracer.Start(ctx, kind, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("graphql.operation.type", kind)))
	if span.SpanContext().IsValid() {
		recordOf(ctx).traceID = span.SpanContext().TraceID().String()
	}
	return ctx, func(response *graphql.Response) {
		defer span.End()
		span.SetAttributes(
			attribute.String("graphql.operation.name", g.nameOf(ctx, operation, response)),
			attribute.Int("mstudio.upstream.calls", recordOf(ctx).calls))
		if failed(response) {
			span.SetAttributes(attribute.String("error.type", firstCode(response)))
			span.SetStatus(codes.Error, "")
		}
	}
}

// failed reports whether an answer has errors; it is nil after a panic.
func failed(response *graphql.Response) bool { return response == nil || len(response.Errors) > 0 }

func firstCode(response *graphql.Response) string {
	if response == nil {
		return "panic"
	}
	return fmt.Sprint(response.Errors[0].Extensions["code"])
}

// traceCall begins the span of a call of mStudio, named by its route.
func (g *Gateway) traceCall(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	method, route := splitOp(op)
	ctx, span := g.tracer.Start(ctx, op, trace.WithSpanKind(trace.SpanKindClient),
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
