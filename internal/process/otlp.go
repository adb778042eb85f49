package process

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	bridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// flushTimeout limits the export of the last traces and metrics at shutdown.
const flushTimeout = 5 * time.Second

// Exporters send traces and metrics to OpenTelemetry collectors. The OpenTelemetry library itself reads the variables for headers,
// sampling, batches and intervals.
type Exporters struct {
	TracesURL, MetricsURL string               // empty for none
	Registry              *prometheus.Registry // contains the metrics
}

// Start returns a provider for traces, or nil if they are not exported, and starts to export the metrics. stop exports what
// remains.
func (e Exporters) Start(ctx context.Context, log *slog.Logger) (provider trace.TracerProvider, stop func(), err error) {
	if e.TracesURL == "" && e.MetricsURL == "" {
		return nil, func() {}, nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		// The error's text contains the collector's address.
		log.WarnContext(ctx, "OTLP export failed", slog.String("type", fmt.Sprintf("%T", err)))
	}))
	otel.SetLogger(logr.FromSlogHandler(variableErrors{log})) // before an exporter reads its variables
	service, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", "mstudio-graphql"), attribute.String("service.version", Version())), resource.WithFromEnv())
	if err != nil {
		return nil, nil, err
	}
	stopMetrics, err := e.startMetrics(ctx, service)
	if err != nil {
		return nil, nil, err
	}
	provider, stopTraces, err := e.startTraces(ctx, service)
	if err != nil {
		stopMetrics(ctx)
		return nil, nil, err
	}
	return provider, func() {
		flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
		defer cancel()
		stopTraces(flushing)
		stopMetrics(flushing)
	}, nil
}

func (e Exporters) startTraces(ctx context.Context, service *resource.Resource) (provider trace.TracerProvider, stop func(context.Context), err error) {
	if e.TracesURL == "" {
		return nil, func(context.Context) {}, nil
	}
	// The library reads the variables for the address and the protocol too. These options override them.
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(e.TracesURL), otlptracehttp.WithEncoding(otlptracehttp.EncodingProtobuf))
	if err != nil {
		return nil, nil, err
	}
	exporting := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(service))
	return exporting, func(ctx context.Context) { _ = exporting.Shutdown(ctx) }, nil // the error handler has logged an error
}

// startMetrics exports the metrics of the registry, so that a collector receives the same names and labels as Prometheus.
func (e Exporters) startMetrics(ctx context.Context, service *resource.Resource) (stop func(context.Context), err error) {
	if e.MetricsURL == "" {
		return func(context.Context) {}, nil
	}
	exporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(e.MetricsURL))
	if err != nil {
		return nil, err
	}
	reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithProducer(bridge.NewMetricProducer(bridge.WithGatherer(e.Registry))))
	exporting := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(service))
	return func(ctx context.Context) {
		if err := exporting.Shutdown(ctx); err != nil {
			otel.Handle(err)
		}
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
