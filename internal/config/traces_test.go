package config

import "testing"

// OpenTelemetry has two variables that turn traces off where there is a collector.
func TestTracesAreTurnedOff(t *testing.T) {
	t.Parallel()
	for _, given := range []Traces{{Exporter: "none"}, {Disabled: true}} {
		given.Endpoint, given.TracesEndpoint = "http://localhost:4318", "http://localhost:4318/v1/traces"
		if address := given.URL(); address != "" {
			t.Errorf("%+v: traces go to %s", given, address)
		}
	}
}

func TestTracesURL(t *testing.T) {
	t.Parallel()
	for want, given := range map[string]Traces{
		"":                                  {},
		"http://localhost:4318/v1/traces":   {Endpoint: "http://localhost:4318"},
		"http://localhost:4318/a/v1/traces": {Endpoint: "http://localhost:4318/a/"},
		"https://collector.example/traces":  {Endpoint: "http://localhost:4318", TracesEndpoint: "https://collector.example/traces"},
	} {
		if got := given.URL(); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}
