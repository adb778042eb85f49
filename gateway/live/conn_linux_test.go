package live_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mstudio-graphql/gateway/live"
)

// A client that has lost its network frees its place after two heartbeats, although nothing tells the gateway.
func TestServe_ClientIsSilent(t *testing.T) {
	t.Parallel()
	for name, broadcast := range map[string]func(*testing.T, live.Config) *broadcaster{"TCP": broadcast, "TLS": broadcastOverTLS} {
		t.Run(name, func(t *testing.T) {
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
		})
	}
}

// broadcastOverTLS serves streams on a port, with TLS.
func broadcastOverTLS(t *testing.T, config live.Config) *broadcaster {
	t.Helper()
	secured := httptest.NewTLSServer(nil) // has a certificate
	secured.Close()
	var listening net.ListenConfig
	tcp, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := tls.NewListener(tcp, &tls.Config{Certificates: secured.TLS.Certificates, MinVersion: tls.VersionTLS12})
	return newBroadcaster(t, config, listener, func(ctx context.Context) (net.Conn, error) {
		dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		return dialer.DialContext(ctx, "tcp", tcp.Addr().String())
	})
}

// dropPackets makes the kernel drop all packets that the client would receive.
func dropPackets(t *testing.T, r *reader) {
	t.Helper()
	conn := r.conn
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	tcp, ok := conn.(syscall.Conn)
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
