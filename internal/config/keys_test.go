package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const keyError = `must be 32 bytes in base64; create one with "openssl rand -base64 32"`

// The error about an invalid key contains neither this key nor the others, because errors end up in logs.
func TestInvalidKeys(t *testing.T) {
	const halfAKey = "AAAAAAAAAAAAAAAAAAAAAA=="
	for given, want := range map[string]string{
		testKey + "," + halfAKey: "key 2 of 2 " + keyError,
		halfAKey + "," + testKey: "key 1 of 2 " + keyError,
		"hunter2":                "key 1 of 1 " + keyError,
	} {
		t.Setenv("LINK_KEYS", given)
		wantError(t, "serve: LINK_KEYS: "+want)
		t.Setenv("LINK_KEYS", "")
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(given, ",", "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		wantError(t, "serve: --link-key-file: "+want, "--link-key-file="+file)
	}
	wantError(t, "serve: --link-key-file: key 1 of 1 "+keyError, "--link-key-file="+os.DevNull)
	t.Setenv("HINT_KEY", testKey+",whsec_"+halfAKey)
	wantError(t, `serve: HINT_KEY: key 2 of 2 must be 24 to 64 bytes in base64; create one with "openssl rand -base64 32"`)
	t.Setenv("HINT_KEY", "")
	t.Setenv("LOG_KEY", testKey+","+testKey)
	wantError(t, "serve: --log-key-file or LOG_KEY must have one key")
}

// Keys in a command line are rejected, because every user of a machine can read them. The error does not repeat them.
func TestKeysInCommandLine(t *testing.T) {
	t.Parallel()
	const visible = " would be visible to every user of this machine; set "
	wantError(t, "serve: the value of --link-key"+visible+"--link-key-file or LINK_KEYS", "--link-key="+testKey)
	wantError(t, "serve: the value of --hint-key"+visible+"--hint-key-file or HINT_KEY", "--hint-key="+testKey)
	wantError(t, "serve: the value of --log-key"+visible+"--log-key-file or LOG_KEY", "--log-key", testKey)
	wantError(t, "serve: the value of --share-key"+visible+"--share-key-file or SHARE_KEY", "--share-key", testKey)
	wantError(t, "serve: the value of --valkey-password"+visible+"--valkey-password-file or VALKEY_PASSWORD", "--valkey-password=hunter2")
	wantError(t, "serve: the password in --valkey-url"+visible+"--valkey-password-file or VALKEY_PASSWORD", "--valkey-url=redis://:hunter2@valkey")
}

// A file overrides a variable, as a flag does. Its first key seals links.
func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	other := strings.Replace(testKey, "A", "B", 1)
	if err := os.WriteFile(file, []byte(other+"\n"+testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LINK_KEYS", testKey)
	want := [][]byte{append([]byte{4}, make([]byte, 31)...), make([]byte, 32)}
	if diff := cmp.Diff(want, mustParse(t, "--link-key-file="+file).GatewayConfig(nil, nil).LinkKeys); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
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
		"MITTWALD_API_BASE_URL", "PUBLIC_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
		"VALKEY_URL",
	} {
		for _, address := range []string{"ftp://user:hunter2@example.com/v2", "user:hunter2@example.com", "http://user:hunter2@example .com", "https://user:hunter2@example.com"} {
			t.Run(variable, func(t *testing.T) {
				t.Setenv(variable, address)
				if _, err := parse(t); err == nil || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%v", err)
				}
			})
		}
	}
}
