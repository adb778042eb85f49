package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client returns the name and the version of the program that sent a request, in the headers of Apollo's clients or in those
// of others.
func Client(header http.Header) (name, version string) {
	for _, prefix := range [...]string{"Apollographql-Client-", "Graphql-Client-"} {
		if name, version = header.Get(prefix+"Name"), header.Get(prefix+"Version"); name != "" || version != "" {
			break
		}
	}
	return name, version
}

// ClientAddress returns the address of the client that sent a request, or the zero Addr if it is unknown. It follows
// X-Forwarded-For from its end, to which each proxy appends the address of its own client, up to the first address that is not a
// trusted proxy. Anything before that address may be invented.
func ClientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	address := parseAddress(r.RemoteAddr)
	rest := strings.Join(r.Header["X-Forwarded-For"], ",")
	isTrusted := func(network netip.Prefix) bool { return network.Contains(address) }
	for rest != "" && slices.ContainsFunc(trusted, isTrusted) {
		comma := strings.LastIndexByte(rest, ',')
		next := parseAddress(strings.TrimSpace(rest[comma+1:]))
		if !next.IsValid() {
			break
		}
		address, rest = next, rest[:max(comma, 0)]
	}
	return address
}

// parseAddress reads an address, which may have a port. It drops the zone, which may be any text.
func parseAddress(text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	if err != nil {
		withPort, _ := netip.ParseAddrPort(text)
		address = withPort.Addr()
	}
	return address.Unmap().WithZone("")
}
