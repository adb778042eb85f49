package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// goLimit is GOMEMLIMIT of the measured process: three quarters of the memory that it may have.
const goLimit = "192MiB"

// child is the program in its own process.
type child struct {
	base    string
	command *exec.Cmd
	stderr  bytes.Buffer // only for a process that has ended
}

// runChild starts the program with a memory limit. It ends with the test.
func runChild(t *testing.T, arguments ...string) *child {
	t.Helper()
	c := &child{command: exec.CommandContext(t.Context(), os.Args[0], append([]string{asProgram, "--listen=127.0.0.1:0"}, arguments...)...)}
	c.command.Env = append(c.command.Environ(), "GOMEMLIMIT="+goLimit)
	c.command.Stderr = &c.stderr
	stdout, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.command.Process.Kill()
		_ = c.command.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), "http://")
	c.base = "http://" + strings.TrimSuffix(address, "/graphql")
	return c
}

// asked returns the body of a request.
func asked(query string, variables map[string]any) string {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables})
	return string(body)
}

// request returns a request of a caller.
func (c *child) request(t *testing.T, path, body, token string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return request
}
