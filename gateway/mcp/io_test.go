package mcp_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
)

// The output has one message per call, and the server ends with its input.
func TestServeIO(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	token, err := rest.NewToken(gatewaytest.Token())
	if err != nil {
		t.Fatal(err)
	}
	input := strings.Join([]string{
		rpc(t, "initialize", map[string]any{"protocolVersion": "2025-06-18", "capabilities": map[string]any{}, "clientInfo": map[string]any{"name": "t", "version": "1"}}),
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		strings.Replace(rpc(t, "tools/call", map[string]any{"name": "my_projects"}), `"id":1`, `"id":2`, 1), "",
	}, "\n")
	in, program := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error)
	go func() { ended <- server.Gateway.ServeTools(t.Context(), token, in, out) }()
	go func() { _, _ = io.WriteString(program, input) }()
	read := bufio.NewScanner(answers)
	read.Buffer(nil, 1<<20)
	lines := make([]string, 0, 2)
	for len(lines) < 2 && read.Scan() {
		lines = append(lines, read.Text())
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	got := decode[result](t, decode[answer](t, []byte(lines[1])).Result)
	if got.IsError {
		t.Error(got.text())
	}
	diff(t, "_meta", any(1.0), got.Meta["mstudio/calls"])
	diff(t, "calls", 1, len(upstream.TakeCalls()))
}
