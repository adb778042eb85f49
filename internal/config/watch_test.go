package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// watchProgram has the flags of the command watch.
type watchProgram struct {
	Watch Watch `cmd:""`
}

// parseWatch parses the flags of the command watch.
func parseWatch(t *testing.T, arguments ...string) (Watch, error) {
	t.Helper()
	var given watchProgram
	parser, err := kong.New(&given)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"watch"}, arguments...))
	return given.Watch, err
}

// docs/webhooks.md lists the flags of the command, besides those of the mStudio client and the log.
func TestWatch_Documented(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&watchProgram{})
	if err != nil {
		t.Fatal(err)
	}
	text, found := readText(t, "../../docs/webhooks.md"), 0
	for _, flag := range parser.Model.Children[0].Flags {
		if flag.Group != nil {
			continue
		}
		found++
		if row := "| `--" + flag.Name + "` | `" + flag.Envs[0] + "` | "; !strings.Contains(text, row) {
			t.Errorf("no row %s", row)
		}
	}
	if found != 8 {
		t.Errorf("found %d flags", found)
	}
}

// anyToken compares tokens, whose texts nobody can read.
func anyToken() cmp.Option {
	return cmp.Comparer(func(a, b tokenFile) bool { return a.Fingerprint(nil) == b.Fingerprint(nil) })
}

func exampleToken(t *testing.T) tokenFile {
	t.Helper()
	token, err := rest.NewToken("example-token")
	if err != nil {
		t.Fatal(err)
	}
	return tokenFile{token}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	got, err := parseWatch(t, "--to=https://bot.example/hooks", "--token-file=testdata/token", "--secret-file=testdata/secrets", "--state-file=state.json",
		`--filter={"states": ["OPEN"], "not": [{"createdBy": ["a,b"]}]}`, "--content", "--live-interval=2s", "--log-format=json")
	if err != nil {
		t.Fatal(err)
	}
	want := Watch{
		To: "https://bot.example/hooks", TokenFile: exampleToken(t), SecretFile: keyFile{make([]byte, 24), make([]byte, 32)}, StateFile: "state.json",
		Filter:  jsonObject{"states": []any{"OPEN"}, "not": []any{map[string]any{"createdBy": []any{"a,b"}}}},
		Content: true, Interval: 2 * time.Second, LogFormat: "json", Upstream: changed(func(*Serve) {}).Upstream,
	}
	if diff := cmp.Diff(want, got, anyToken()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([][]byte{make([]byte, 24), make([]byte, 32)}, got.Secrets()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Every flag has a variable.
func TestWatch_Environment(t *testing.T) { //nolint:paralleltest // sets environment variables
	for name, value := range map[string]string{
		"WATCH_TO": "http://127.0.0.1:9000/hooks", "WATCH_TOKEN_FILE": "testdata/token", "WATCH_SECRET_FILE": "testdata/secrets",
		"WATCH_STATE_FILE": "state.json", "WATCH_FILTER": "{}", "WATCH_CONTENT": "true", "LIVE_INTERVAL": "1s",
	} {
		t.Setenv(name, value)
	}
	got, err := parseWatch(t)
	if err != nil {
		t.Fatal(err)
	}
	want := Watch{
		To: "http://127.0.0.1:9000/hooks", TokenFile: exampleToken(t), SecretFile: keyFile{make([]byte, 24), make([]byte, 32)}, StateFile: "state.json",
		Filter: jsonObject{}, Content: true, Interval: time.Second, LogFormat: "text", Upstream: changed(func(*Serve) {}).Upstream,
	}
	if diff := cmp.Diff(want, got, anyToken()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Only a receiver on this machine may be addressed without TLS, and without a signature.
func TestWatch_Receiver(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://bot.example/hooks":         "--to needs --secret-file",
		"http://127.0.0.1:9000/":            "",
		"http://localhost:9000/":            "",
		"http://[::1]:9000/":                "",
		"https://localhost/":                "",
		"http://bot.example/":               "--to must be https",
		"http://localhost.bot.example/":     "--to must be https",
		"http://127.0.0.1.bot.example/":     "--to must be https",
		"ftp://127.0.0.1/":                  "--to must be https",
		"https://user:hunter2@bot.example/": "--to must be an absolute URL",
		"https://bot.example/#hunter2":      "--to must be an absolute URL",
		"https://hunter2 .example/":         "--to must be an absolute URL",
		"/hooks":                            "--to must be an absolute URL",
		"https:///hooks":                    "--to must be an absolute URL",
	} {
		_, err := parseWatch(t, "--to="+address, "--token-file=testdata/token")
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", address, err)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("the error repeats the URL: %v", err)
		}
	}
}

func TestWatch_Missing(t *testing.T) {
	t.Parallel()
	if _, err := parseWatch(t); err == nil || err.Error() != "missing flags: --to=URL, --token-file=FILE" {
		t.Errorf("got %v", err)
	}
}

// Errors name the setting, and do not repeat tokens, secrets or filters.
func TestWatch_Invalid(t *testing.T) {
	t.Parallel()
	file := func(text string) string {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, test := range []struct{ argument, want string }{
		{"--token-file=" + file(""), "token must be 1 to 4096 visible ASCII characters"},
		{"--token-file=" + file("hunter2 hunter2"), "token must be 1 to 4096 visible ASCII characters"},
		{"--token-file=testdata/nothing", "no such file"},
		{"--secret-file=" + file("whsec_hunter2"), "--secret-file: key 1 of 1 must be 24 to 64 bytes in base64"},
		{"--secret-file=" + file(""), "--secret-file: key 1 of 1 must be 24 to 64 bytes in base64"},
		{"--secret-file=" + file("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMg=="), "--secret-file: key 1 of 1 must be 24 to 64 bytes in base64"},
		{"--filter=hunter2", "must be a JSON object"},
		{"--filter=null", "must be a JSON object"},
		{"--filter=[]", "must be a JSON object"},
		{"--live-interval=-1s", "--live-interval must be at least 0"},
		{"--upstream-url=http://api.example.com", "requires --upstream-allow-http"},
	} {
		_, err := parseWatch(t, "--to=http://localhost/", "--token-file=testdata/token", test.argument)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", test.argument, err)
		}
	}
}

// Settings may be in a file, also those that the command requires. The names are the command's own.
func TestWatch_File(t *testing.T) {
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("example-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "to: http://127.0.0.1:9000/hook\ntoken-file: " + token + "\nfilter: '{\"states\": [\"OPEN\"]}'\nlive-interval: 5s\n"
	got, err := parseWatch(t, "--config", write(t, text), "--live-interval=7s")
	if err != nil || got.To != "http://127.0.0.1:9000/hook" || got.TokenFile.IsZero() || len(got.Filter) != 1 || got.Interval != 7*time.Second {
		t.Errorf("%v: %+v", err, got)
	}
	if _, err := parseWatch(t, "--config", write(t, text+"max-calls: 3\n")); err == nil || !strings.Contains(err.Error(), "--config: unknown setting max-calls") {
		t.Errorf("got %v", err)
	}
}
