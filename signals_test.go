package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The first signal shuts the program down, however long that takes. A second one ends it.
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
	stderr := newOutput()
	command := exec.CommandContext(t.Context(), os.Args[0], asProgram, "--sandbox", "--listen=127.0.0.1:0", "--shutdown-delay=20s")
	command.Stderr = stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil { // until it listens
		t.Error(err)
	}
	_ = command.Process.Signal(signal)
	for !strings.Contains(stderr.String(), "shutting down") {
		<-stderr.written
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	err = repeat(command.Process, signal, ended)
	if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != signal {
		t.Errorf("ended with %v: %s", err, stderr)
	}
}

// repeat sends a signal until the process has ended, because it takes the process a moment to let the second one through.
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
