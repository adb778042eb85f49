package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func trustedProxies() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
}

// from returns a request through a connection from remote.
func from(remote string, forwarded ...string) *http.Request {
	r := &http.Request{RemoteAddr: remote, Header: http.Header{}}
	for _, line := range forwarded {
		r.Header.Add("X-Forwarded-For", line)
	}
	return r
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	const proxy = "10.1.2.3:4567"
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"no proxy":                       {from("192.0.2.1:1"), "192.0.2.1"},
		"no proxy, IPv6":                 {from("[2001:db8::1]:1"), "2001:db8::1"},
		"an untrusted client":            {from("192.0.2.1:1", "203.0.113.9"), "192.0.2.1"},
		"a proxy itself":                 {from(proxy), "10.1.2.3"},
		"a proxy":                        {from(proxy, "192.0.2.1"), "192.0.2.1"},
		"a proxy, IPv6":                  {from("[2001:db8:1::1]:1", "2001:db8::1"), "2001:db8::1"},
		"a proxy, IPv4 in IPv6":          {from("[::ffff:10.1.2.3]:1", "::ffff:192.0.2.1"), "192.0.2.1"},
		"an invented address":            {from(proxy, "203.0.113.9, 192.0.2.1"), "192.0.2.1"},
		"an invented trusted address":    {from(proxy, "203.0.113.9, 10.0.0.1, 192.0.2.1"), "192.0.2.1"},
		"two proxies":                    {from(proxy, "203.0.113.9, 192.0.2.1,10.9.9.9"), "192.0.2.1"},
		"two headers":                    {from(proxy, "203.0.113.9", "192.0.2.1", "10.9.9.9"), "192.0.2.1"},
		"only proxies":                   {from(proxy, "10.0.0.2, 10.0.0.1"), "10.0.0.2"},
		"a port":                         {from(proxy, "192.0.2.1:443"), "192.0.2.1"},
		"a port, IPv6":                   {from(proxy, "[2001:db8::1]:443"), "2001:db8::1"},
		"a zone with any text":           {from(proxy, "fe80::1%eth0\x1b[31m"), "fe80::1"},
		"no address":                     {from(proxy, "203.0.113.9, unknown"), "10.1.2.3"},
		"no address before a proxy":      {from(proxy, "unknown, 10.0.0.1"), "10.0.0.1"},
		"empty":                          {from(proxy, ""), "10.1.2.3"},
		"only commas":                    {from(proxy, ",,,"), "10.1.2.3"},
		"a connection without addresses": {from("@", "192.0.2.1"), "invalid IP"},
	} {
		if got := ClientAddress(test.request, trustedProxies()).String(); got != test.want {
			t.Errorf("%s: want %s, got %s", name, test.want, got)
		}
	}
	if got := ClientAddress(from("127.0.0.1:1", "192.0.2.1"), nil).String(); got != "127.0.0.1" {
		t.Errorf("without trusted proxies: %s", got)
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	for _, step := range []struct{ name, value, want string }{
		{"X-Other", "x", " "},
		{"graphql-client-version", "2", " 2"},
		{"graphql-client-name", "other", "other 2"},
		{"apollographql-client-name", "apollo", "apollo "},
		{"apollographql-client-version", "1", "apollo 1"},
	} {
		header.Set(step.name, step.value)
		if name, version := Client(header); name+" "+version != step.want {
			t.Errorf("%s: want %q, got %q %q", step.name, step.want, name, version)
		}
	}
}

// Whatever a client sends, a trusted proxy that appends the client's address has the last word.
func FuzzClientAddress(f *testing.F) {
	for _, seed := range []string{"", "203.0.113.9", "10.0.0.1, 10.0.0.2", "[::1]:1,", "fe80::1%x, \x00", ",,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		for _, r := range []*http.Request{from("10.1.2.3:4567", sent+", 192.0.2.1"), from("10.1.2.3:4567", sent, "192.0.2.1"), from("192.0.2.1:1", sent)} {
			if got := ClientAddress(r, trustedProxies()); got.String() != "192.0.2.1" {
				t.Errorf("%q: %s", sent, got)
			}
		}
		if got := ClientAddress(from("10.1.2.3:4567", sent), trustedProxies()); !got.IsValid() || strings.Contains(got.String(), "%") {
			t.Errorf("%q: %s", sent, got)
		}
	})
}
