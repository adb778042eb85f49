package main

import (
	"bufio"
	"os"
	"os/exec"
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
	command := exec.CommandContext(t.Context(), os.Args[0], asProgram, "--sandbox", "--listen=127.0.0.1:0", "--shutdown-delay=20s")
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
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil { // printed once it listens
		t.Error(err)
	}
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
