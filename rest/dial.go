package rest

import (
	"errors"
	"net/netip"
	"syscall"
)

// errLinkLocal is the error for an API host that resolves to a link-local address, where clouds serve credentials.
var errLinkLocal = errors.New("the address is link-local")

// rejectLinkLocal checks each address before it is dialed, so that a DNS name that changes cannot bypass it.
func rejectLinkLocal(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := target.Addr().Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return errLinkLocal
	}
	return nil
}
