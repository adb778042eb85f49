package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Traces configures the export of traces. The variables are OpenTelemetry's own.
type Traces struct {
	Endpoint       string `name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"OpenTelemetry collector that receives traces by OTLP over HTTP, such as http://localhost:4318. OpenTelemetry's other variables apply too. Default: no traces."`
	TracesEndpoint string `name:"otlp-traces-endpoint" env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" placeholder:"URL" help:"The same with its path, such as http://localhost:4318/v1/traces."`
	Protocol       string `name:"otlp-protocol" env:"OTEL_EXPORTER_OTLP_PROTOCOL" placeholder:"PROTOCOL" help:"OTLP protocol. Only http/protobuf, the default, is supported."`
	TracesProtocol string `name:"otlp-traces-protocol" env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" placeholder:"PROTOCOL" help:"OTLP protocol for traces. Overrides --otlp-protocol."`
	Exporter       string `name:"traces-exporter" env:"OTEL_TRACES_EXPORTER" placeholder:"EXPORTER" help:"Traces exporter: otlp or none. Default: otlp."`
	Disabled       bool   `name:"otel-sdk-disabled" env:"OTEL_SDK_DISABLED" help:"Disable traces, even if an endpoint is set."`
}

// httpProtobuf is the only supported OTLP protocol.
const httpProtobuf = "http/protobuf"

func (t Traces) disabled() bool { return t.Disabled || t.Exporter == "none" }

// URL returns the address that traces are sent to, or "" if they are disabled. Of OpenTelemetry's two variables, one holds
// the collector's base URL and the other the full address.
func (t Traces) URL() string {
	switch {
	case t.disabled():
		return ""
	case t.TracesEndpoint != "":
		return t.TracesEndpoint
	case t.Endpoint == "":
		return ""
	}
	return strings.TrimRight(t.Endpoint, "/") + "/v1/traces"
}

// check returns an error for an invalid endpoint and for an unsupported exporter or protocol. It ignores variables without
// an effect on the gateway, because they may be set for other programs.
func (t Traces) check() error {
	if t.disabled() {
		return nil
	}
	var errs []error
	for flag, text := range map[string]string{"--otlp-endpoint": t.Endpoint, "--otlp-traces-endpoint": t.TracesEndpoint} {
		address, err := url.Parse(text)
		if text != "" && (err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https") {
			errs = append(errs, fmt.Errorf("%s must be a URL, such as http://localhost:4318", flag))
		} else if text != "" && (address.User != nil || address.RawQuery != "") {
			errs = append(errs, fmt.Errorf("%s must not have a password or a query; set OTEL_EXPORTER_OTLP_HEADERS", flag))
		}
	}
	if t.URL() == "" {
		return errors.Join(errs...)
	}
	if t.Exporter != "" && t.Exporter != "otlp" {
		errs = append(errs, errors.New("--traces-exporter must be otlp or none"))
	}
	flag, protocol := "--otlp-protocol", t.Protocol
	if t.TracesProtocol != "" {
		flag, protocol = "--otlp-traces-protocol", t.TracesProtocol
	}
	if protocol != "" && protocol != httpProtobuf {
		errs = append(errs, fmt.Errorf("%s must be %s, which collectors accept on port 4318", flag, httpProtobuf))
	}
	return errors.Join(errs...)
}
