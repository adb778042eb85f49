package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// overflow serves connections with responses of twice the announced length, whose second half is the canary.
func overflow(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = conn.Close() }()
			requests := bufio.NewReader(conn)
			for {
				request, err := http.ReadRequest(requests)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, request.Body)
				_, _ = fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"+
					"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"+`{"title":"canary"}`)
			}
		}()
	}
}

// net/http prints a part of a response that nobody has asked for through the standard logger. No part of it may reach
// standard error. The check of mStudio at startup makes the call.
func TestStandardLogContainsNoUpstreamData(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go overflow(listener)
	command := exec.CommandContext(t.Context(), os.Args[0], asProgram, "--listen=127.0.0.1:0", "--log-level=debug", "--shutdown-delay=0s", "--upstream-url=http://"+listener.Addr().String())
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for log := bufio.NewReader(stderr); ; {
		line, err := log.ReadString('\n')
		all.WriteString(line)
		if strings.Contains(line, "Unsolicited") {
			_ = command.Process.Signal(syscall.SIGTERM)
		}
		if err != nil {
			break
		}
	}
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
	if text := all.String(); strings.Contains(text, "canary") || !strings.Contains(text, `msg="library message" about="Unsolicited response`) {
		t.Errorf("standard error: %s", text)
	}
}
