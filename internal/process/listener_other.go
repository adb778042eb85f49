//go:build !linux

package process

import "net"

// ignoreConnections does nothing. Only Linux has socket filters.
func ignoreConnections(*net.TCPListener) {}

// detectLoss does nothing. Other systems have no such option, or another one.
func detectLoss(net.Conn) {}
