package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Traces is where traces go. The variables are OpenTelemetry's own.
type Traces struct {
	Endpoint       string `group:"Operators" name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"OpenTelemetry collector that traces are sent to, by OTLP over HTTP, such as http://localhost:4318. Default: no traces are made. The other variables of OpenTelemetry count too."`
	TracesEndpoint string `group:"Operators" name:"otlp-traces-endpoint" env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" placeholder:"URL" help:"The same with its path, such as http://localhost:4318/v1/traces."`
	Protocol       string `group:"Operators" name:"otlp-protocol" env:"OTEL_EXPORTER_OTLP_PROTOCOL" placeholder:"PROTOCOL" help:"Only http/protobuf is spoken, which is the default."`
	TracesProtocol string `group:"Operators" name:"otlp-traces-protocol" env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" placeholder:"PROTOCOL" help:"The same for traces; it wins."`
	Exporter       string `group:"Operators" name:"traces-exporter" env:"OTEL_TRACES_EXPORTER" placeholder:"EXPORTER" help:"Only otlp is known, which is the default, and none: no traces are made."`
	Disabled       bool   `group:"Operators" name:"otel-sdk-disabled" env:"OTEL_SDK_DISABLED" help:"Make no traces, whatever the other variables say."`
}

// httpProtobuf is the protocol that is spoken to collectors.
const httpProtobuf = "http/protobuf"

// off reports whether traces are turned off, whatever else the variables say.
func (s Traces) off() bool { return s.Disabled || s.Exporter == "none" }

// URL is where traces go, "" if nowhere. The variables of OpenTelemetry mean different things: one names the
// collector, the other the very address.
func (s Traces) URL() string {
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

// check reports an endpoint that nothing could be sent to, and an exporter or a protocol that is not spoken here. The
// variables may be there for other programs: those that have no effect here are not looked at.
func (s Traces) check() error {
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
	if s.URL() == "" {
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
