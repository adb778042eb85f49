package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckCommand checks the health of a gateway.
type healthcheckCommand struct {
	Listen  string        `default:"127.0.0.1:8080" env:"LISTEN" help:"Address that the gateway listens on."`
	TLS     string        `name:"tls-cert-file" env:"TLS_CERT_FILE" placeholder:"FILE" help:"Certificate of the gateway. If it is set, the check uses TLS, and does not verify the certificate."`
	Ready   bool          `help:"Check readiness (/readyz) instead of liveness (/healthz)."`
	Timeout time.Duration `default:"2s" help:"Timeout of the check."`
}

// run returns an error if the gateway is not healthy. The container image has no other HTTP client.
func (s healthcheckCommand) run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // it listens on all addresses
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	path, scheme := "/healthz", "http"
	if s.TLS != "" {
		scheme = "https"
	}
	if s.Ready {
		path = "/readyz"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return errors.New("--listen: invalid address")
	}
	// A new transport leaves no connection open, and without a client no redirect is followed.
	response, err := (&http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // nothing secret is sent, and the host is this machine
	}).RoundTrip(request)
	if err != nil {
		return fmt.Errorf("checking %s: %w", path, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s returned status %d (want 200)", path, response.StatusCode)
	}
	return nil
}
