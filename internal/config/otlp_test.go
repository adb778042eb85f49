package config

import "testing"

// Values of three variables disable signals even if an endpoint is set.
func TestOTLP_Disabled(t *testing.T) {
	t.Parallel()
	for _, given := range []OTLP{{TracesExporter: "none", MetricsExporter: "none"}, {TracesExporter: "none", MetricsExporter: "prometheus"}, {MetricsExporter: "otlp", Disabled: true}} {
		given.Endpoint, given.TracesEndpoint = "http://localhost:4318", "http://localhost:4318/v1/traces"
		given.MetricsEndpoint = "http://localhost:4318/v1/metrics"
		if traces, metrics := given.TracesURL(), given.MetricsURL(); traces != "" || metrics != "" {
			t.Errorf("%+v: traces are sent to %q, metrics to %q", given, traces, metrics)
		}
	}
}

// The endpoint of a signal overrides the common one. Metrics are off by default.
func TestOTLP_URLs(t *testing.T) {
	t.Parallel()
	const common, own = "http://localhost:4318", "https://collector.example/x"
	for want, given := range map[[2]string]OTLP{
		{"", ""}:                          {MetricsExporter: "otlp"},
		{common + "/v1/traces", ""}:       {Endpoint: common},
		{common + "/a/v1/traces", ""}:     {Endpoint: common + "/a/", MetricsExporter: "none"},
		{own, ""}:                         {Endpoint: common, TracesEndpoint: own},
		{"", own}:                         {MetricsEndpoint: own},
		{common + "/v1/traces", own}:      {Endpoint: common, MetricsEndpoint: own},
		{"", common + "/v1/metrics"}:      {Endpoint: common, TracesExporter: "none", MetricsExporter: "otlp"},
		{own, common + "/a/b/v1/metrics"}: {Endpoint: common + "/a/b", TracesEndpoint: own, MetricsExporter: "otlp"},
	} {
		if got := [2]string{given.TracesURL(), given.MetricsURL()}; got != want {
			t.Errorf("%+v: want %q, got %q", given, want, got)
		}
	}
}
