package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
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

// httpProtobuf is the protocol that is spoken to collectors.
const httpProtobuf = "http/protobuf"

// off reports whether traces are turned off, whatever else the variables say.
func (s traceSettings) off() bool { return s.Disabled || s.Exporter == "none" }

// tracesURL is where traces go, "" if nowhere. The variables of OpenTelemetry mean different things: one names the
// collector, the other the very address.
func (s traceSettings) tracesURL() string {
	switch {
	case s.off():
		return ""
	case s.TracesEndpoint != "":
		return s.TracesEndpoint
	case s.Endpoint == "":
		return ""
	}
	return strings.TrimRight(s.Endpoint, "/") + "/v1/traces"
}

// Validate reports an endpoint that nothing could be sent to, and an exporter or a protocol that is not spoken here. The
// variables may be there for other programs: those that have no effect here are not looked at.
func (s traceSettings) Validate() error {
	if s.off() {
		return nil
	}
	var mistakes []error
	for flag, text := range map[string]string{"--otlp-endpoint": s.Endpoint, "--otlp-traces-endpoint": s.TracesEndpoint} {
		address, err := url.Parse(text)
		if text != "" && (err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https") {
			mistakes = append(mistakes, fmt.Errorf("%s must be a URL, such as http://localhost:4318", flag))
		}
	}
	if s.tracesURL() == "" {
		return errors.Join(mistakes...)
	}
	if s.Exporter != "" && s.Exporter != "otlp" {
		mistakes = append(mistakes, errors.New("--traces-exporter must be otlp or none"))
	}
	flag, protocol := "--otlp-protocol", s.Protocol
	if s.TracesProtocol != "" {
		flag, protocol = "--otlp-traces-protocol", s.TracesProtocol
	}
	if protocol != "" && protocol != httpProtobuf {
		mistakes = append(mistakes, fmt.Errorf("%s must be %s: collectors listen for it on port 4318", flag, httpProtobuf))
	}
	return errors.Join(mistakes...)
}

// start returns what makes traces and sends them in the background, nil if there is nowhere to send them to. stop sends
// the last ones. What else OpenTelemetry's own variables say, about headers, sampling and batches, its library reads.
func (s traceSettings) start(ctx context.Context, log *slog.Logger) (provider trace.TracerProvider, stop func(), err error) {
	address := s.tracesURL()
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
		attribute.String("service.name", "mstudio-graphql"), attribute.String("service.version", version())), resource.WithFromEnv())
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
