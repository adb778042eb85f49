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

// flushPatience is how long the last traces may take to be sent when the program ends.
const flushPatience = 5 * time.Second

// NewTracerProvider returns what makes traces and sends them to address in the background, nil if address is empty. stop
// sends the last ones. What else OpenTelemetry's own variables say, about headers, sampling and batches, its library reads.
func NewTracerProvider(ctx context.Context, address string, log *slog.Logger) (provider trace.TracerProvider, stop func(), err error) {
	if address == "" {
		return nil, func() {}, nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		// The text holds the collector's address.
		log.WarnContext(ctx, "traces were not sent", slog.String("type", fmt.Sprintf("%T", err)))
	}))
	otel.SetLogger(logr.New(tracingLog{log})) // before the exporter reads its variables
	// The library reads the variables too. Where a flag says otherwise, the flag wins.
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address), otlptracehttp.WithEncoding(otlptracehttp.EncodingProtobuf))
	if err != nil {
		return nil, nil, err
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", "mstudio-graphql"), attribute.String("service.version", Version())), resource.WithFromEnv())
	if err != nil {
		return nil, nil, err
	}
	made := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return made, func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushPatience)
		defer cancel()
		_ = made.Shutdown(patience) // the error handler has said it
	}, nil
}
