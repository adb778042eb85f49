package live_test

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A client that has lost its network frees its place after two heartbeats, although nothing tells the gateway.
func TestServe_ClientIsSilent(t *testing.T) {
	t.Parallel()
	config := usual
	config.StreamPing = 100 * time.Millisecond
	b := broadcast(t, config)
	r := b.open(t, events)
	r.expect(":\n\n")
	dropPackets(t, r)
	start := time.Now()
	b.expectNoStream(t)
	if took := time.Since(start); took > 5*time.Second || b.reasonOf(t) != "client" {
		t.Errorf("ended after %s: %s", took, b.log)
	}
}

// dropPackets makes the kernel drop all packets that the client would receive.
func dropPackets(t *testing.T, r *reader) {
	t.Helper()
	tcp, ok := r.conn.(syscall.Conn)
	if !ok {
		t.Fatal("no TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	program := [...]unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K}}
	var attached error
	err = raw.Control(func(socket uintptr) {
		attached = unix.SetsockoptSockFprog(int(socket), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &program[0]})
	})
	if err := errors.Join(err, attached); err != nil {
		t.Fatal(err)
	}
}
