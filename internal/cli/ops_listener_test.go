package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
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
