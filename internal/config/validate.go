package config

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
)

// Validate reports every mistake at once, before anything listens.
func (s Serve) Validate() error {
	var mistakes []error
	for name, duration := range map[string]time.Duration{
		"--upstream-timeout": s.UpstreamTimeout, "--operation-timeout": s.OperationTimeout, "--shutdown-timeout": s.ShutdownTimeout,
	} {
		if duration <= 0 {
			mistakes = append(mistakes, fmt.Errorf("%s must be more than zero", name))
		}
	}
	if s.ShutdownDelay < 0 {
		mistakes = append(mistakes, errors.New("--shutdown-delay must not be negative"))
	}
	if s.MaxCalls < 1 || s.MaxParallelCalls < 1 {
		mistakes = append(mistakes, errors.New("--max-calls and --max-parallel-calls must be at least 1"))
	}
	if s.BulkThreshold < 1 && s.BulkThreshold != -1 {
		mistakes = append(mistakes, errors.New("--bulk-threshold must be at least 1, or -1"))
	}
	if s.MaxDownloads < 1 {
		mistakes = append(mistakes, errors.New("--max-downloads must be at least 1"))
	}
	if s.PublicURL != "" && !isOrigin(strings.TrimSuffix(s.PublicURL, "/")) {
		mistakes = append(mistakes, errors.New("--public-url must be a scheme and a host, such as https://api.example.com"))
	}
	if err := checkLinkKeys(s.LinkKeys); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Uploads.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Requests.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Limits.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Traces.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if s.Pprof && s.OpsListen == "" {
		mistakes = append(mistakes, errors.New("--pprof needs --ops-listen"))
	}
	if s.SandboxLatency > 0 && !s.Sandbox {
		mistakes = append(mistakes, errors.New("--sandbox-latency needs --sandbox"))
	}
	if s.SandboxEventLag > 0 && !s.Sandbox {
		mistakes = append(mistakes, errors.New("--sandbox-event-lag needs --sandbox"))
	}
	for _, origin := range s.CORSOrigins {
		if !isOrigin(origin) {
			mistakes = append(mistakes, fmt.Errorf("--cors-origin %q must be a scheme and a host, such as https://portal.example.com", origin))
		}
	}
	mistakes = append(mistakes, s.wrongAddresses()...)
	return errors.Join(mistakes...)
}

// wrongAddresses says what is wrong with the addresses that are listened on, and with that of mStudio.
func (s Serve) wrongAddresses() []error {
	var mistakes []error
	if !isListenable(s.Listen) {
		mistakes = append(mistakes, errors.New("--listen must be a host and a port, such as 127.0.0.1:8080"))
	}
	if s.OpsListen != "" && !isListenable(s.OpsListen) {
		mistakes = append(mistakes, errors.New("--ops-listen must be a host and a port, such as 127.0.0.1:9090"))
	}
	if _, err := rest.New(s.RestConfig("", nil)); err != nil {
		// The client names its own field, where the operator has a flag.
		said := strings.ReplaceAll(err.Error(), "AllowHTTP", "--upstream-allow-http")
		mistakes = append(mistakes, fmt.Errorf("--upstream-url or --api-version: %s", said))
	}
	return mistakes
}

// isListenable reports whether text has a host, which may be empty, and a port. Whether they are this machine's and free
// is not known before something listens there.
func isListenable(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = (&net.Resolver{}).LookupPort(context.Background(), "tcp", port)
	return err == nil
}

// isOrigin reports whether text is what a browser sends as Origin. What the door would not take is refused with the
// other mistakes.
func isOrigin(text string) bool { return gateway.IsOrigin(text) }
