package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// write writes a file and returns its name.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Each setting has the same effect in a file as on the command line.
func TestFile_EverySetting(t *testing.T) {
	t.Parallel()
	hidden := map[string]bool{}
	for _, flag := range newParser(t, &program{}).Model.Children[0].Flags {
		hidden[flag.Name] = flag.Hidden
	}
	for name, setting := range everySetting() {
		if hidden[name] || name == "config" {
			continue
		}
		file := write(t, name+": "+setting.value+"\n")
		want := changed(setting.change)
		want.Config = configFile(file)
		if diff := cmp.Diff(want, mustParse(t, append(setting.with, "--config="+file)...), comparePrefixes()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFile_Values(t *testing.T) {
	t.Parallel()
	got := mustParse(t, "--config", write(t, `
# a comment
operation-timeout: 10s
listen: ":8443"
playground: true
bulk-threshold: -1
log-level:
cors-origin: [https://a.example, "https://b.example"]
trusted-proxy:
  - 10.0.0.0/8
  - 192.168.0.0/16
`))
	want := changed(func(s *Serve) {
		s.Config, s.Listen, s.Playground = got.Config, ":8443", true
		s.Gateway.OperationTimeout, s.Gateway.BulkThreshold = 10*time.Second, -1
		s.Gateway.CORSOrigins = []string{"https://a.example", "https://b.example"}
		s.Gateway.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.0.0/16")}
	})
	if diff := cmp.Diff(want, got, comparePrefixes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An empty file, and marks around its only document, are no settings.
func TestFile_OneDocument(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 250, "# none\n": 250, "---\n": 250, "---\nmax-calls: 7\n": 7, "max-calls: 7\n...\n": 7, "max-calls: 7\n---\n": 7, "max-calls: 7\n---\n# none\n": 7,
	} {
		if got := mustParse(t, "--config", write(t, text)).Gateway.MaxCalls; got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// The order is flag, variable, file, default.
func TestFile_Precedence(t *testing.T) {
	file := write(t, "max-calls: 1\nmax-depth: 2\nmax-fields: 3\n")
	t.Setenv("MAX_CALLS", "10")
	t.Setenv("MAX_DEPTH", "20")
	t.Setenv("CONFIG_FILE", file)
	got := mustParse(t, "--max-calls=100")
	want := changed(func(s *Serve) {
		s.Config, s.Gateway.MaxCalls, s.Gateway.Limits.Depth, s.Gateway.Limits.Fields = configFile(file), 100, 20, 3
	})
	if diff := cmp.Diff(want, got, comparePrefixes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFile_Errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"listn: x\nmax_calls: 1\nMITTWALD_API_BASE_URL: x\n": "--config: unknown setting MITTWALD_API_BASE_URL (want upstream-url)\nunknown setting listn\nunknown setting max_calls (want max-calls)",
		"link-key: " + testKey + "\n":                        "--config: link-key must not be in the file; set link-key-file or LINK_KEYS",
		"config: other.yaml\n":                               "--config: config must not be in the file",
		"help: true\n":                                       "--config: unknown setting help",
		"listen: [a, b]\n":                                   "--config: listen must be one value",
		"max-calls: 1.5\n":                                   "--config: max-calls must be a text, a whole number, true, false, or a list of them",
		"listen: {host: a}\n":                                "--config: listen must be a text, a whole number, true, false, or a list of them",
		"max-calls: 0\n":                                     "serve: --max-calls must be at least 1",
		"max-calls: 1\nmax-calls: 2\n":                       "--config: invalid YAML: [2:1] mapping key \"max-calls\" already defined at [1:1]",
		"max-calls: 1\n---\nmax-depth: 2\n":                  "--config: the file must have one YAML document",
		"max-calls: 1\n...\nmax-depth: 2\n":                  "--config: the file must have one YAML document",
		"max-calls: 1\n---\n'hunter2\n":                      "--config: invalid YAML: ",
		"- listen\n":                                         "--config: invalid YAML: ",
		"listen: 'hunter2\n":                                 "--config: invalid YAML: ",
	} {
		_, err := parse(t, "--config", write(t, text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), testKey) {
			t.Errorf("%q:\nwant %s\ngot  %v", text, want, err)
		}
	}
	if _, err := parse(t, "--config=testdata/nothing.yaml"); err == nil || !strings.HasPrefix(err.Error(), "--config: open testdata/nothing.yaml: ") {
		t.Errorf("no file: %v", err)
	}
}

// A password in the address of Valkey is visible only to those who may read the file.
func TestFile_Password(t *testing.T) {
	t.Parallel()
	got := mustParse(t, "--config", write(t, "valkey-url: redis://:hunter2@valkey:6379\nshare-key-file: testdata/key\n"))
	if got.Shared.URL != "redis://:hunter2@valkey:6379" {
		t.Error("another address")
	}
}

// The example in deploy/ is valid once its keys exist.
func TestFile_Example(t *testing.T) {
	t.Parallel()
	text := readText(t, "../../deploy/config.yaml")
	for _, file := range []string{"/etc/mstudio-graphql/link-keys", "/etc/mstudio-graphql/log-key"} {
		text = strings.ReplaceAll(text, file, "testdata/key")
	}
	got := mustParse(t, "--config", write(t, text))
	if got.Listen != "0.0.0.0:8080" || len(got.Gateway.CORSOrigins) != 2 || got.LogFormat != "json" {
		t.Errorf("%+v", got)
	}
}

// Settings that change while the gateway runs are not differences.
func TestDifferences(t *testing.T) {
	t.Parallel()
	before := mustParse(t, "--share-key-file=testdata/key")
	after := mustParse(t, "--max-calls=7", "--log-level=debug", "--trusted-documents=testdata/manifest.json", "--link-key-file=testdata/key", "--share-key-file=testdata/key")
	got, err := Differences(before, after)
	if diff := cmp.Diff([]string{"link-key-file", "max-calls"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
