// Package sharedstatetest runs the servers that tests of shared state need.
package sharedstatetest

import (
	"context"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Server is a redis-server that stores nothing on disk.
type Server struct {
	Address string

	t       testing.TB
	args    []string
	process *exec.Cmd
}

// Start starts a redis-server on a free port with further arguments, such as "--maxmemory", "1mb", or a file. Without one on this machine,
// it skips the test; .ci/run installs it.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("NOT RUN: it needs redis-server")
	}
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: free.Addr().String(), t: t, args: args}
	_ = free.Close()
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// URL returns the address as a setting.
func (s *Server) URL() string { return "redis://" + s.Address }

// Run starts the server, also after Kill, and returns when it accepts connections.
func (s *Server) Run() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Address)
	args := slices.Concat(s.args, []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir()})
	s.process = exec.CommandContext(context.WithoutCancel(s.t.Context()), "redis-server", args...) //nolint:gosec // arguments of tests
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	deadline, tick := time.NewTimer(10*time.Second), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for {
		if connection, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", s.Address); err == nil {
			_ = connection.Close()
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			s.t.Fatal("redis-server does not start")
		}
	}
}

// Kill ends the server at once. All its data is lost.
func (s *Server) Kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// Stop makes the server hang until Continue.
func (s *Server) Stop() { s.signal("-STOP") }

// Continue lets the server go on after Stop.
func (s *Server) Continue() { s.signal("-CONT") }

// signal runs kill, because Windows, for which this package must compile, has no constants for these signals.
func (s *Server) signal(name string) {
	pid := strconv.Itoa(s.process.Process.Pid)
	_ = exec.CommandContext(context.WithoutCancel(s.t.Context()), "kill", name, pid).Run() //nolint:gosec // a number
}

// Command sends one command to the server, such as FLUSHALL.
func (s *Server) Command(words ...string) {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Address)
	if out, err := exec.CommandContext(s.t.Context(), "redis-cli", append([]string{"-p", port}, words...)...).CombinedOutput(); err != nil { //nolint:gosec // arguments of tests
		s.t.Fatalf("%s: %v", out, err)
	}
}
