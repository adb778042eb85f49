package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hangup sends SIGHUP to this process and waits for a record.
func (p *program) hangup(t *testing.T, record string) {
	t.Helper()
	before := strings.Count(p.stderr.String(), record)
	process, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Signal(syscall.SIGHUP); err != nil {
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
