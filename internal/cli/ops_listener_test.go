package cli

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The operators' listener closes idle connections, but does not interrupt a long profile.
func TestOpsListener_IdleTimeout(t *testing.T) {
	t.Parallel()
	p := launch(t, "--ops-listen=127.0.0.1:0", "--pprof", "--sandbox", "--listen=127.0.0.1:0", "--log-format=json", "--idle-timeout=100ms", "--header-timeout=100ms")
	var record struct{ Address string }
	if err := json.NewDecoder(strings.NewReader(p.stderr.String())).Decode(&record); err != nil {
		t.Fatal(err)
	}
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", record.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, "GET /debug/pprof/trace?seconds=0.3 HTTP/1.1\r\nHost: ops\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(connection)
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || len(body) == 0 || response.StatusCode != http.StatusOK {
		t.Errorf("trace: %s, %d bytes, %v", response.Status, len(body), err)
	}
	if _, err := answers.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection stays open: %v", err)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}

// The operators' listener serves profiles only with --pprof, and never the API.
func TestOpsListener(t *testing.T) {
	t.Parallel()
	for flags, status := range map[string]int{"--ops-listen=127.0.0.1:0 --pprof": 200, "--ops-listen=127.0.0.1:0": 404} {
		p := launch(t, append(strings.Fields(flags), "--sandbox", "--listen=127.0.0.1:0", "--log-format=json")...)
		var record struct{ Msg, Address string }
		if err := json.NewDecoder(strings.NewReader(p.stderr.String())).Decode(&record); err != nil || record.Address == "" {
			t.Fatalf("%v: %s", err, p.stderr)
		}
		if got := get(t, "http://"+record.Address+"/debug/pprof/cmdline"); got.status != status || status == http.StatusOK && got.body != "" {
			t.Errorf("%s: %d", flags, got.status)
		}
		if got := get(t, "http://"+record.Address+"/metrics"); got.status != http.StatusOK ||
			!strings.Contains(got.body, "mstudio_graphql_build_info{") || !strings.Contains(got.body, "go_goroutines ") {
			t.Errorf("%s: metrics: %d %.500s", flags, got.status, got.body)
		}
		for _, address := range []string{"http://" + record.Address + "/graphql", p.base + "/metrics", p.base + "/debug/pprof/"} {
			if got := get(t, address); got.status != http.StatusNotFound {
				t.Errorf("%s: %s: %d", flags, address, got.status)
			}
		}
		if err := p.end(); err != nil {
			t.Errorf("exited with %v", err)
		}
	}
}

// No page for operators contains a key.
func TestOpsListener_ContainsNoKeys(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString([]byte("canary canary canary canary cana"))
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := launch(t, "--ops-listen=127.0.0.1:0", "--pprof", "--link-key-file="+file, "--log-key-file="+file, "--hint-key-file="+file, "--sandbox", "--listen=127.0.0.1:0", "--log-format=json")
	var record struct{ Address string }
	if err := json.NewDecoder(strings.NewReader(p.stderr.String())).Decode(&record); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{
		"/metrics", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/symbol", "/debug/pprof/goroutine?debug=2", "/debug/pprof/heap?debug=1",
		"/debug/pprof/allocs?debug=1", "/debug/pprof/threadcreate?debug=1", "/debug/pprof/block?debug=1", "/debug/pprof/mutex?debug=1",
	} {
		got := get(t, "http://"+record.Address+page)
		if got.status != http.StatusOK || strings.Contains(got.body, "canary canary") || strings.Contains(got.body, key) || strings.Contains(got.body, file) {
			t.Errorf("%s: %d, or a key", page, got.status)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if strings.Contains(p.stdout.String()+p.stderr.String(), key) {
		t.Error("the log contains the key")
	}
}
