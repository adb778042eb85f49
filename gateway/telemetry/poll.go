package telemetry

import (
	"context"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/rest"
)

// Call returns a context with a record for a call that no HTTP request carries. Within a request, it returns ctx.
func (t *Telemetry) Call(ctx context.Context) context.Context {
	if _, ok := ctx.Value(recordKey{}).(*Record); ok {
		return ctx
	}
	return rest.WithTrace(context.WithValue(ctx, recordKey{}, &Record{RequestID: uuid.NewString()}), t.upstream)
}

// ToolCalled counts a call of a tool for AI assistants. Both labels must be bounded.
func (t *Telemetry) ToolCalled(tool, outcome string) {
	if t.metrics != nil {
		t.metrics.ToolCalled(tool, outcome)
	}
}

// Poll starts observing a poll for the subscriptions of a caller. It has its own trace and request ID, because no request
// waits for it.
func (t *Telemetry) Poll(ctx context.Context, caller string) (observed context.Context, end func(calls int, code string)) {
	record := &Record{RequestID: uuid.NewString(), Caller: caller}
	ctx = rest.WithTrace(context.WithValue(ctx, recordKey{}, record), t.upstream)
	if t.tracer == nil {
		return ctx, func(int, string) {}
	}
	ctx, span := t.tracer.Start(ctx, "poll", trace.WithNewRoot())
	return ctx, func(calls int, code string) {
		defer span.End()
		span.SetAttributes(attribute.Int("mstudio.upstream.calls", calls))
		if code != "" {
			span.SetAttributes(attribute.String("error.type", code))
			span.SetStatus(codes.Error, "")
		}
	}
}
