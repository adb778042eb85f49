package process

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// flushTimeout limits the export of the last traces at shutdown.
const flushTimeout = 5 * time.Second

// NewTracerProvider returns a provider that exports traces to the collector at address, or nil if address is empty. stop
// exports the remaining traces. The OpenTelemetry library itself reads the variables for headers, sampling and batches.
func NewTracerProvider(ctx context.Context, address string, log *slog.Logger) (provider trace.TracerProvider, stop func(), err error) {
	if address == "" {
		return nil, func() {}, nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		// The error's text contains the collector's address.
		log.WarnContext(ctx, "trace export failed", slog.String("type", fmt.Sprintf("%T", err)))
	}))
	otel.SetLogger(logr.FromSlogHandler(variableErrors{log})) // before the exporter reads its variables
	// The library reads the variables for the address and the protocol too. These options override them.
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address), otlptracehttp.WithEncoding(otlptracehttp.EncodingProtobuf))
	if err != nil {
		return nil, nil, err
	}
	service, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", "mstudio-graphql"), attribute.String("service.version", Version())), resource.WithFromEnv())
	if err != nil {
		return nil, nil, err
	}
	exporting := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(service))
	return exporting, func() {
		flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
		defer cancel()
		_ = exporting.Shutdown(flushing) // the error handler has logged it
	}, nil
}

// variableErrors is a slog.Handler for the errors that OpenTelemetry reports about its environment variables. It drops
// their attributes, which repeat values: one variable holds the collector's credentials.
type variableErrors struct{ log *slog.Logger }

// Enabled reports whether level is an error.
func (variableErrors) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}

// Handle logs the message of record.
func (v variableErrors) Handle(ctx context.Context, record slog.Record) error {
	v.log.WarnContext(ctx, "invalid OpenTelemetry variable", slog.String("about", record.Message))
	return nil
}

// WithAttrs returns v.
func (v variableErrors) WithAttrs([]slog.Attr) slog.Handler { return v }

// WithGroup returns v.
func (v variableErrors) WithGroup(string) slog.Handler { return v }
