package telemetry

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/graph/loader"
)

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

// labelOf returns the label of a completed operation.
func (t *Telemetry) labelOf(ctx context.Context, operation *graphql.OperationContext, response *graphql.Response) string {
	return t.labels.label(operation.Operation.Name, !failed(response) && RecordOf(ctx).Accepted())
}

// failed reports whether an operation panicked (nil) or returned errors.
func failed(response *graphql.Response) bool { return response == nil || len(response.Errors) > 0 }

func firstCode(response *graphql.Response) string {
	if response == nil {
		return "panic"
	}
	return fmt.Sprint(response.Errors[0].Extensions["code"])
}
