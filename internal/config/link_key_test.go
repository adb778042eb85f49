package config

import (
	"strings"
	"testing"
)

const keyMistake = `must be 32 bytes in base64; create one with "openssl rand -base64 32"`

// A key that is wrong is reported without its text, and without that of the others: what is said of it ends in logs.
func TestWrongLinkKeysAreNotRepeated(t *testing.T) { //nolint:paralleltest // it sets the environment
	const halfAKey = "AAAAAAAAAAAAAAAAAAAAAA=="
	for given, want := range map[string]string{
		testKey + "," + halfAKey: "serve: --link-key: key 2 of 2 " + keyMistake,
		halfAKey + "," + testKey: "serve: --link-key: key 1 of 2 " + keyMistake,
		"hunter2 is no base64":   "serve: --link-key: key 1 of 1 " + keyMistake,
	} {
		wantMistake(t, want, "--link-key="+given)
		t.Setenv("LINK_KEYS", given)
		wantMistake(t, want)
	}
}

// wantMistake wants the settings to be refused for this reason.
func wantMistake(t *testing.T, want string, arguments ...string) {
	t.Helper()
	if _, err := parse(t, arguments...); err == nil || err.Error() != want {
		t.Errorf("%d arguments: got %v, want %s", len(arguments), err, want)
	}
}

// Other mistakes are reported without values that may hold credentials, wherever they were given.
func TestMistakesRepeatNoCredentials(t *testing.T) {
	for _, variable := range []string{
		"MITTWALD_API_BASE_URL", "PUBLIC_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
	} {
		for _, address := range []string{"ftp://user:hunter2@example.com/v2", "user:hunter2@example.com", "http://user:hunter2@example .com"} {
			t.Run(variable, func(t *testing.T) {
				t.Setenv(variable, address)
				if _, err := parse(t); err == nil || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%v", err)
				}
			})
		}
	}
}
