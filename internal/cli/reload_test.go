package cli

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
)

// hangup sends SIGHUP to this process and waits for a record.
func (p *program) hangup(t *testing.T, record string) {
	t.Helper()
	before := strings.Count(p.stderr.String(), record)
	own, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := own.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for strings.Count(p.stderr.String(), record) == before {
		select {
		case <-p.stderr.written:
		case <-t.Context().Done():
			t.Fatalf("no %s in %s", record, p.stderr)
		}
	}
}

// SIGHUP replaces trusted documents and the log level, and names the settings that need a restart.
func TestReload(t *testing.T) { //nolint:paralleltest // the signal is for the whole process
	folder := t.TempDir()
	manifest, settings := filepath.Join(folder, "manifest.json"), filepath.Join(folder, "config.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(manifest, `{"one": "{ viewer { name } }"}`)
	write(settings, "trusted-documents: "+manifest+"\n")
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--config="+settings)
	ask := func(id string) string {
		t.Helper()
		return send(newRequest(t, http.MethodPost, p.base+"/graphql", `{"documentId": "`+id+`"}`)).body
	}
	const found = `{"data":{"viewer":{"name":"Jana Petersen"}}}`
	if got := ask("one"); got != found {
		t.Error(got)
	}

	write(manifest, `{"two": "{ viewer { name } }"}`)
	write(settings, "trusted-documents: "+manifest+"\nlog-level: debug\nmax-calls: 7\n")
	p.hangup(t, `msg="settings need a restart" names=[max-calls]`)
	if got := []string{ask("one"), ask("two")}; !strings.Contains(got[0], "PERSISTED_QUERY_NOT_FOUND") || got[1] != found {
		t.Error(got)
	}
	if log := p.stderr.String(); !strings.Contains(log, `msg="settings reloaded" logLevel=DEBUG trustedDocuments=1`) || !strings.Contains(log, "level=DEBUG") {
		t.Error(log)
	}

	for name, text := range map[string]string{"a document": `{"two": "{ nothing }"}`, "no manifest": "{"} {
		write(manifest, text)
		p.hangup(t, `level=WARN msg="settings not reloaded"`)
		if got := ask("two"); got != found {
			t.Errorf("%s: %s", name, got)
		}
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// If the certificate cannot be read again, nothing else changes either.
func TestReload_WithoutTheCertificate(t *testing.T) {
	t.Parallel()
	client, err := rest.New(rest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	running, err := gateway.New(gateway.Config{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	removed := filepath.Join(t.TempDir(), "cert.pem")
	text, err := os.ReadFile("../config/testdata/cert.pem")
	if err == nil {
		err = os.WriteFile(removed, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &reloader{gateway: running}
	if r.certificate, err = process.LoadCertificate(removed, "../config/testdata/key.pem"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(removed); err != nil {
		t.Fatal(err)
	}
	changed := config.Serve{TrustedDocuments: map[string]string{"one": "{ __typename }"}}
	changed.LogLevel.Level = slog.LevelDebug
	if r.apply(changed) == nil {
		t.Error("no error")
	}
	if r.level.Level() != slog.LevelInfo {
		t.Error("the log level has changed")
	}
	response := httptest.NewRecorder()
	request := newRequest(t, http.MethodPost, "/graphql", `{"documentId": "one"}`)
	running.ServeHTTP(response, request)
	if !strings.Contains(response.Body.String(), "PERSISTED_QUERY_NOT_FOUND") {
		t.Errorf("the documents have changed: %s", response.Body)
	}
}

func TestServesTLS(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--tls-cert-file=../config/testdata/cert.pem", "--tls-key-file=../config/testdata/key.pem")
	if !strings.HasPrefix(p.base, "https://") {
		t.Error(p.base)
	}
	check := healthcheckCommand{Listen: strings.TrimPrefix(p.base, "https://"), TLS: "cert.pem", Timeout: 10e9}
	if err := check.run(t.Context()); err != nil {
		t.Error(err)
	}
	check.TLS = ""
	if err := check.run(t.Context()); err == nil {
		t.Error("healthy without TLS")
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}
