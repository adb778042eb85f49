package gateway_test

import (
	"context"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// discard is an exporter that drops spans.
type discard struct{}

func (discard) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (discard) Shutdown(context.Context) error                             { return nil }

// BenchmarkInboxTraced is BenchmarkInbox with traces that are not exported.
func BenchmarkInboxTraced(b *testing.B) {
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(discard{}))
	b.Cleanup(func() { _ = provider.Shutdown(context.WithoutCancel(b.Context())) })
	upstream := gatewaytest.NewUpstream(b, sandbox.Config{})
	benchmarkInbox(b, gatewaytest.NewServer(b, upstream, gateway.Config{TracerProvider: provider}), upstream)
}
