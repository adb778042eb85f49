package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// asProgram is the first argument that makes the test binary run main, for tests that need a process.
const asProgram = "as-program"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asProgram {
		os.Args = os.Args[1:]
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// The first signal starts a graceful shutdown, however long it takes. The second ends the process.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			testSecondSignal(t, signal)
		})
	}
}

func testSecondSignal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], asProgram, "--sandbox", "--listen=127.0.0.1:0", "--shutdown-delay=0s")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n') // printed once it listens
	if err != nil {
		t.Error(err)
	}
	defer sendHalf(t, regexp.MustCompile(`[0-9.]+:\d+`).FindString(line))() // the shutdown waits for the rest
	_ = command.Process.Signal(signal)
	log := bufio.NewReader(stderr)
	for line := ""; !strings.Contains(line, "shutting down"); {
		if line, err = log.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	err = repeat(command.Process, signal, ended)
	if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != signal {
		t.Errorf("exited with %v", err)
	}
}

// repeat sends signal until the process has ended, because main needs a moment to stop catching signals.
func repeat(process *os.Process, signal os.Signal, ended <-chan error) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-again.C:
			_ = process.Signal(signal)
		}
	}
}

// sendHalf sends a part of a request, and returns when the server has read it.
func sendHalf(t *testing.T, address string) (disconnect func()) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Write([]byte("POST /graphql HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer t\r\nExpect: 100-continue\r\n" +
		"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"))
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Errorf("%v: %s", err, line)
	}
	return func() { _ = conn.Close() }
}
