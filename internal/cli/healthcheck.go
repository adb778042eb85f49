package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckCommand says which gateway is asked how it is.
type healthcheckCommand struct {
	Listen  string        `default:"127.0.0.1:8080" env:"LISTEN" help:"Address that the gateway listens on."`
	Ready   bool          `help:"Ask whether it takes requests (/readyz) instead of whether it answers at all (/healthz)."`
	Timeout time.Duration `default:"2s" help:"How long it may take to say so."`
}

// run fails unless the gateway is well. It is for containers, which have no other program to ask with.
func (s healthcheckCommand) run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // it listens on all addresses, this one too
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	path := "/healthz"
	if s.Ready {
		path = "/readyz"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return errors.New("--listen is no address")
	}
	// Without a pool, nothing is left open; without a client, no redirect is followed.
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", path, response.StatusCode)
	}
	return nil
}
