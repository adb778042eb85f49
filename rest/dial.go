package rest

import (
	"errors"
	"net/netip"
	"syscall"
)

// errLinkLocal says that the API's name leads to an address that only this machine's own network segment has. Clouds
// hand out credentials there.
var errLinkLocal = errors.New("the address is link-local")

// refuseLinkLocal is asked with each address that a name has, so that a name that changes cannot get around it.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := target.Addr().Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return errLinkLocal
	}
	return nil
}
