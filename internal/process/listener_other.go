//go:build !linux

package process

import "net"

// ignoreConnections does nothing. Only Linux has socket filters.
func ignoreConnections(*net.TCPListener) {}
