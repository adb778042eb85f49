package process

import (
	"net"

	"golang.org/x/sys/unix"
)

// ignoreConnections makes the kernel drop the first packet of each new connection. The client repeats it after a second and
// then finds the listener closed, unless it has found another replica. Without this, the listener's end resets the
// connections that are established but not accepted. Errors are ignored, because the listener then ends in the usual way.
func ignoreConnections(listener *net.TCPListener) {
	raw, err := listener.SyscallConn()
	if err != nil {
		return
	}
	const flags, syn, whole = 13, 0x02, 1 << 16 // offset and bit in the TCP header, and more than the size of a packet
	program := [...]unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: syn, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: whole},
	}
	attached := &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_ = raw.Control(func(socket uintptr) {
		_ = unix.SetsockoptSockFprog(int(socket), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, attached)
	})
}
