package config

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// OTLP configures the export of traces and metrics. The variables are OpenTelemetry's own.
type OTLP struct {
	Endpoint        string `name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"OpenTelemetry collector that receives traces by OTLP over HTTP, such as http://localhost:4318. OpenTelemetry's other variables apply too. Default: no traces."`
	TracesEndpoint  string `name:"otlp-traces-endpoint" env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" placeholder:"URL" help:"The same with its path, such as http://localhost:4318/v1/traces."`
	MetricsEndpoint string `name:"otlp-metrics-endpoint" env:"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" placeholder:"URL" help:"Collector that receives the metrics of --ops-listen by OTLP, with its path, such as http://localhost:4318/v1/metrics. Default: no metrics, unless --metrics-exporter is otlp."`
	Protocol        string `name:"otlp-protocol" env:"OTEL_EXPORTER_OTLP_PROTOCOL" placeholder:"PROTOCOL" help:"OTLP protocol. Only http/protobuf, the default, is supported."`
	TracesProtocol  string `name:"otlp-traces-protocol" env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" placeholder:"PROTOCOL" help:"OTLP protocol for traces. Overrides --otlp-protocol."`
	MetricsProtocol string `name:"otlp-metrics-protocol" env:"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL" placeholder:"PROTOCOL" help:"OTLP protocol for metrics. Overrides --otlp-protocol."`
	TracesExporter  string `name:"traces-exporter" env:"OTEL_TRACES_EXPORTER" placeholder:"EXPORTER" help:"Traces exporter: otlp or none. Default: otlp."`
	MetricsExporter string `name:"metrics-exporter" env:"OTEL_METRICS_EXPORTER" placeholder:"EXPORTER" help:"Metrics exporter: otlp, also to --otlp-endpoint, none, or prometheus, which only --ops-listen serves. Default: otlp with --otlp-metrics-endpoint, otherwise none."`
	Disabled        bool   `name:"otel-sdk-disabled" env:"OTEL_SDK_DISABLED" help:"Disable traces and metrics by OTLP, even if an endpoint is set."`
}

// httpProtobuf is the only supported OTLP protocol.
const httpProtobuf = "http/protobuf"

// signal holds the settings of traces or of metrics.
type signal struct{ name, endpoint, protocol, exporter string }

func (o OTLP) traces() signal {
	return signal{"traces", o.TracesEndpoint, o.TracesProtocol, o.TracesExporter}
}

// metrics returns the settings of metrics. A collector of traces does not receive metrics by default, because it may accept only
// traces. OpenTelemetry's exporter "prometheus" is what --ops-listen offers.
func (o OTLP) metrics() signal {
	exporter := o.MetricsExporter
	if exporter == "prometheus" || exporter == "" && o.MetricsEndpoint == "" {
		exporter = "none"
	}
	return signal{"metrics", o.MetricsEndpoint, o.MetricsProtocol, exporter}
}

// TracesURL returns the address that traces are sent to, or "" if they are disabled.
func (o OTLP) TracesURL() string { return o.url(o.traces()) }

// MetricsURL returns the address that metrics are sent to, or "" if they are not.
func (o OTLP) MetricsURL() string { return o.url(o.metrics()) }

// url returns the address of a signal. Of OpenTelemetry's two variables, one holds the collector's base URL and the other the
// full address.
func (o OTLP) url(s signal) string {
	switch {
	case o.Disabled || s.exporter == "none":
		return ""
	case s.endpoint != "":
		return s.endpoint
	case o.Endpoint == "":
		return ""
	}
	return strings.TrimRight(o.Endpoint, "/") + "/v1/" + s.name
}

// check returns an error for an invalid endpoint and for an unsupported exporter or protocol. It ignores variables without
// an effect on the gateway, because they may be set for other programs.
func (o OTLP) check() error {
	var errs []error
	problems := append(o.problems(o.traces()), o.problems(o.metrics())...)
	slices.Sort(problems)
	for _, problem := range slices.Compact(problems) { // both signals may use the same flag
		errs = append(errs, errors.New(problem))
	}
	return errors.Join(errs...)
}

func (o OTLP) problems(s signal) []string {
	address := o.url(s)
	if address == "" {
		return nil
	}
	endpointFlag, protocolFlag := "--otlp-endpoint", "--otlp-protocol"
	if s.endpoint != "" {
		endpointFlag = "--otlp-" + s.name + "-endpoint"
	}
	if s.protocol != "" {
		protocolFlag = "--otlp-" + s.name + "-protocol"
	}
	problems := collectorProblems(endpointFlag, address)
	if s.exporter != "" && s.exporter != "otlp" {
		problems = append(problems, "--"+s.name+"-exporter must be otlp or none")
	}
	if protocol := cmp.Or(s.protocol, o.Protocol, httpProtobuf); protocol != httpProtobuf {
		problems = append(problems, protocolFlag+" must be "+httpProtobuf+", which collectors accept on port 4318")
	}
	return problems
}

// collectorProblems does not repeat the address, which may contain a password.
func collectorProblems(flag, text string) []string {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https":
		return []string{flag + " must be a URL, such as http://localhost:4318"}
	case address.User != nil || address.RawQuery != "":
		return []string{flag + " must not have a password or a query; set OTEL_EXPORTER_OTLP_HEADERS"}
	}
	return nil
}
