// Package address decides which client addresses limits apply to, and which of them count as one client.
package address

import "net/netip"

// networkBits is the length of the network that an IPv6 client has to itself, usually at least.
const networkBits = 64

// Limited returns what a limit per client address counts: an IPv4 address, or the network of an IPv6 address, because a client
// may use all addresses of its network. It returns the zero Addr if no limit applies: for an unknown address, and for private
// ones, which usually belong to proxies that connect for many clients.
func Limited(of netip.Addr) netip.Addr {
	of = of.Unmap().WithZone("")
	if !of.IsValid() || of.IsLoopback() || of.IsPrivate() || of.IsLinkLocalUnicast() {
		return netip.Addr{}
	}
	if of.Is6() {
		network, _ := of.Prefix(networkBits) // fails only for more bits than the address has
		return network.Addr()
	}
	return of
}
