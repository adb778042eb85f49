package live

import (
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// limitSilence closes a connection whose client does not acknowledge what is sent. Without it, a client that has lost its
// network would hold its place for a quarter of an hour: heartbeats fit into the kernel's buffer, so no write fails. Errors are
// ignored, because the life of the stream is limited too.
func limitSilence(conn net.Conn, silence time.Duration) {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(socket uintptr) {
			_ = unix.SetsockoptInt(int(socket), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silence.Milliseconds()))
		})
	}
}
