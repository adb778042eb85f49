package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"time"
)

// connectionFaults prevent any request.
func connectionFaults() []fault {
	return []fault{
		// A label that is too long is rejected without a name server.
		{name: "DNS: no such host", base: "http://" + canary + strings.Repeat("x", 64) + ".example", want: unreachable("dns")},
		{name: "connection refused", base: "http://127.0.0.1:1", want: unreachable("refused")},
		{name: "link-local address", base: "http://169.254.169.254", want: unreachable("blocked")},
		{name: "reset when connected", accept: func(_ *upstream, c net.Conn) { reset(c) }, want: broken().sendsNothing().onceSurvived()},
		{name: "closed when connected", accept: func(_ *upstream, c net.Conn) { c.Close() }, want: broken().sendsNothing().onceSurvived()},
		{name: "garbage for each request", accept: func(_ *upstream, c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, canary+"\r\n\r\n")
			_, _ = io.Copy(io.Discard, c)
		}, want: broken().because("protocol").sendsNothing().onceSurvived()},
		{name: "connected, never answers", accept: func(u *upstream, _ net.Conn) { <-u.release }, slow: true, want: silent().sendsNothing().onceSurvived()},
	}
}

// tlsFaults are handshakes that fail.
func tlsFaults() []fault {
	settings := func(change func(*tls.Config), edit func(*x509.Certificate)) func() *tls.Config {
		return func() *tls.Config {
			c := &tls.Config{Certificates: []tls.Certificate{authority.issue(edit)}, NextProtos: []string{"http/1.1"}}
			if change != nil {
				change(c)
			}
			return c
		}
	}
	return []fault{
		{name: "TLS: expired", tls: settings(nil, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), want: unreachable("tls_expired")},
		{name: "TLS: not yet valid", tls: settings(nil, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), want: unreachable("tls_expired")},
		{name: "TLS: another name", tls: settings(nil, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{canary + ".example"} }), want: unreachable("tls_name")},
		{name: "TLS: another address", tls: settings(nil, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(10, 0, 0, 1)} }), want: unreachable("tls_name")},
		{name: "TLS: unknown authority", tls: func() *tls.Config {
			return &tls.Config{Certificates: []tls.Certificate{newAuthority().issue(nil)}}
		}, want: unreachable("tls_authority")},
		{name: "TLS: certificate for clients", tls: settings(nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), want: unreachable("tls")},
		{name: "TLS: version 1.1", tls: settings(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, nil), want: unreachable("tls")},
		{name: "TLS 1.2: client certificate required", tls: settings(func(c *tls.Config) {
			c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}, nil), want: unreachable("tls")},
		// The client has sent the request when it learns that the handshake has failed.
		{name: "TLS 1.3: client certificate required", tls: settings(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, nil), want: broken().sendsNothing().because("tls")},
		{name: "TLS: the port speaks HTTP", https: true, want: unreachable("tls")},
		{name: "TLS: garbage", https: true, accept: func(_ *upstream, c net.Conn) {
			defer c.Close()
			_, _ = io.WriteString(c, canary)
		}, want: unreachable("tls")},
		{name: "TLS: reset in the handshake", https: true, accept: func(_ *upstream, c net.Conn) {
			_, _ = c.Read(make([]byte, 10))
			reset(c)
		}, want: unreachable("reset")},
		{name: "TLS: silent", https: true, accept: func(u *upstream, _ net.Conn) { <-u.release }, slow: true, want: each("UPSTREAM_TIMEOUT", 3, "UPSTREAM_TIMEOUT ×0").sendsNothing().because("timeout")},
	}
}
