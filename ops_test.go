package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The operators' server hangs up on connections that nobody uses, but not on who waits for a long profile.
func TestOperatorsConnections(t *testing.T) {
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
		t.Errorf("the connection is kept: %v", err)
	}
	if err := p.end(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// What goes wrong in the operators' server is in the log, in its format.
func TestOperatorsServerLogs(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "--log-format=json", "--log-level=debug")
	out := newOutput()
	log, flush := s.newLogger(out)
	server := httptest.NewUnstartedServer(nil)
	server.Config = s.opsServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("heard") }), log)
	server.Start()
	if got := get(t, server.URL); got.err == nil {
		t.Errorf("answered: %v", got)
	}
	server.Close()
	flush()
	var record struct{ Level, Msg string }
	if err := json.Unmarshal([]byte(out.String()), &record); err != nil || record.Level != "DEBUG" || !strings.Contains(record.Msg, "heard") {
		t.Errorf("%v: %s", err, out)
	}
}
