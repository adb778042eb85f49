package rest

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// errMetadataAddress is the error for an API host that resolves to an address where clouds serve credentials.
var errMetadataAddress = errors.New("the address is link-local or a metadata service")

// rejectMetadata checks each address before it is dialed, so that neither a DNS name that changes nor another spelling of an
// address can bypass it.
func rejectMetadata(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := target.Addr().WithZone("").Unmap()
	if ip.IsMulticast() || ip.IsUnspecified() || isMetadata(ip) || ip.Is6() && slices.ContainsFunc(embedded(ip.As16()), isMetadata) {
		return errMetadataAddress
	}
	return nil
}

// isMetadata reports whether a cloud may serve metadata at ip. Most do so at link-local addresses.
func isMetadata(ip netip.Addr) bool {
	return ip.IsLinkLocalUnicast() || inAny(ip,
		"100.100.100.200/32", "fd00:ec2::/32", // Alibaba Cloud, AWS
		"168.63.129.16/32", "fd20:ce::/32", // Azure, Google Cloud
		"192.0.0.192/32", "fd00:c1::/32", // Oracle Cloud
		"fd00:a9fe:a9fe::/48", "fd00:42::/32") // Akamai, Scaleway
}

// embedded returns the IPv4 addresses that an IPv6 address may stand for: a gateway of the network translates it.
func embedded(b [16]byte) []netip.Addr {
	last := [4]byte(b[12:])
	var found [][4]byte
	switch ip := netip.AddrFrom16(b); {
	case inAny(ip, "::/96", "::ffff:0:0:0/96", "64:ff9b::/96"): // IPv4-compatible, SIIT, NAT64
		found = [][4]byte{last}
	case inAny(ip, "64:ff9b:1::/48"): // local NAT64, with a prefix of 48, 56, 64 or 96 bits (RFC 6052)
		found = [][4]byte{{b[6], b[7], b[9], b[10]}, {b[7], b[9], b[10], b[11]}, {b[9], b[10], b[11], b[12]}, last}
	case inAny(ip, "2002::/16"): // 6to4
		found = [][4]byte{[4]byte(b[2:])}
	case inAny(ip, "2001::/32"): // Teredo: the server, and the client inverted
		found = [][4]byte{[4]byte(b[4:]), {^b[12], ^b[13], ^b[14], ^b[15]}}
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, in any network
		found = [][4]byte{last}
	}
	addresses := make([]netip.Addr, 0, len(found))
	for _, address := range found {
		addresses = append(addresses, netip.AddrFrom4(address))
	}
	return addresses
}

func inAny(ip netip.Addr, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return netip.MustParsePrefix(prefix).Contains(ip) })
}
