package config

import "testing"

// Two variables disable traces even if an endpoint is set.
func TestTraces_Disabled(t *testing.T) {
	t.Parallel()
	for _, given := range []Traces{{Exporter: "none"}, {Disabled: true}} {
		given.Endpoint, given.TracesEndpoint = "http://localhost:4318", "http://localhost:4318/v1/traces"
		if address := given.URL(); address != "" {
			t.Errorf("%+v: traces are sent to %s", given, address)
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
