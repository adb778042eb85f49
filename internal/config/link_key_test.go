package config

import (
	"strings"
	"testing"
)

const keyError = `must be 32 bytes in base64; create one with "openssl rand -base64 32"`

// The error about an invalid key contains neither this key nor the others, because errors end up in logs.
func TestInvalidLinkKey(t *testing.T) { //nolint:paralleltest // sets environment variables
	const halfAKey = "AAAAAAAAAAAAAAAAAAAAAA=="
	for given, want := range map[string]string{
		testKey + "," + halfAKey: "serve: --link-key: key 2 of 2 " + keyError,
		halfAKey + "," + testKey: "serve: --link-key: key 1 of 2 " + keyError,
		"hunter2 in clear text":  "serve: --link-key: key 1 of 1 " + keyError,
	} {
		wantError(t, want, "--link-key="+given)
		t.Setenv("LINK_KEYS", given)
		wantError(t, want)
	}
}

// wantError reports a difference from the expected error.
func wantError(t *testing.T, want string, arguments ...string) {
	t.Helper()
	if _, err := parse(t, arguments...); err == nil || err.Error() != want {
		t.Errorf("%d arguments: got %v, want %s", len(arguments), err, want)
	}
}

// Errors do not contain values that may include credentials.
func TestErrorsContainNoCredentials(t *testing.T) {
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
