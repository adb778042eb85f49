package address_test

import (
	"net/netip"
	"testing"

	"mstudio-graphql/internal/address"
)

func TestLimited(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8:9::/48")}
	for given, want := range map[string]string{
		"192.0.2.1":           "192.0.2.1",
		"::ffff:192.0.2.1":    "192.0.2.1",
		"2001:db8:0:1::7":     "2001:db8:0:1::",
		"2001:db8:0:1:9::9":   "2001:db8:0:1::",
		"2001:db8:0:2::7":     "2001:db8:0:2::",
		"127.0.0.1":           "invalid IP",
		"::1":                 "invalid IP",
		"10.1.2.3":            "invalid IP",
		"::ffff:192.168.0.1":  "invalid IP",
		"fd00::1":             "invalid IP",
		"fe80::1%eth0":        "invalid IP",
		"198.51.100.7":        "invalid IP",
		"::ffff:198.51.100.7": "invalid IP",
		"2001:db8:9::1":       "invalid IP",
	} {
		if got := address.Limited(netip.MustParseAddr(given), proxies).String(); got != want {
			t.Errorf("%s: want %s, got %s", given, want, got)
		}
	}
	if got := address.Limited(netip.Addr{}, proxies); got.IsValid() {
		t.Errorf("without an address: %s", got)
	}
}
