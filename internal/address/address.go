// Package address decides which client addresses limits apply to, and which of them count as one client.
package address

import (
	"net/netip"
	"slices"
)

// networkBits is the length of the network that an IPv6 client has to itself, usually at least.
const networkBits = 64

// Limited returns the unit of a limit per client address: an IPv4 address, or the network of an IPv6 address, because a client
// may use all addresses of its network. It returns the zero Addr if no limit applies: for an unknown address, for trusted proxies,
// which connect for many clients, and for private addresses, which usually belong to proxies as well.
func Limited(of netip.Addr, proxies []netip.Prefix) netip.Addr {
	of = of.Unmap().WithZone("")
	isProxy := slices.ContainsFunc(proxies, func(network netip.Prefix) bool { return network.Contains(of) })
	if !of.IsValid() || isProxy || of.IsLoopback() || of.IsPrivate() || of.IsLinkLocalUnicast() {
		return netip.Addr{}
	}
	if of.Is6() {
		network, _ := of.Prefix(networkBits) // fails only for more bits than the address has
		return network.Addr()
	}
	return of
}
