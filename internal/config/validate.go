package config

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Validate returns all errors in the settings at once, before anything listens.
func (s Serve) Validate(parsed *kong.Context) error {
	if err := checkVisible(parsed); err != nil {
		return err
	}
	errs := belowMinimum(parsed.Selected().Flags)
	for _, check := range []struct {
		ok      bool
		message string
	}{
		{isListenable(s.Listen), "--listen must be a host and a port, such as 127.0.0.1:8080"},
		{s.OpsListen == "" || isListenable(s.OpsListen), "--ops-listen must be a host and a port, such as 127.0.0.1:9090"},
		{s.SubgraphListen == "" || isListenable(s.SubgraphListen), "--subgraph-listen must be a host and a port, such as 10.0.0.5:8081"},
		{!s.Gateway.TrustedDocumentsOnly || !s.Gateway.Subgraph || s.SubgraphListen != "", "--trusted-documents-only with --subgraph needs --subgraph-listen, because the queries of routers are not trusted documents"},
		{
			s.Gateway.ConversationURL == "" || isTemplate(s.Gateway.ConversationURL),
			"--conversation-url must be an http or https URL with {id} or {shortId}, such as https://mstudio.example/conversations/{id}",
		},
		{s.Gateway.PublicURL == "" || gateway.IsOrigin(strings.TrimSuffix(s.Gateway.PublicURL, "/")), "--public-url must be a scheme and a host, such as https://api.example.com"},
		// Otherwise a read that hangs once is never attempted again.
		{s.Gateway.OperationTimeout <= 0 || s.Gateway.OperationTimeout > 2*min(s.Upstream.ReadTimeout, s.Upstream.AttemptTimeout), "--operation-timeout must be more than twice --upstream-read-timeout"},
		{s.Gateway.MaxInFlight < 1 || s.Gateway.MaxInFlightPerCaller <= s.Gateway.MaxInFlight, "--max-in-flight-per-caller must be at most --max-in-flight"},
		{s.Gateway.BulkThreshold >= 1 || s.Gateway.BulkThreshold == -1, "--bulk-threshold must be at least 1, or -1"},
		{len(s.LogKeyFile) <= 1 && len(s.LogKey) <= 1, "--log-key-file or LOG_KEY must have one key"},
		{len(s.ShareKeyFile) <= 1 && len(s.ShareKey) <= 1, "--share-key-file or SHARE_KEY must have one key"},
		{s.Shared.URL == "" || s.Shared.CheckURL() != nil || len(s.shareKey()) > 0, "--valkey-url needs --share-key-file or --link-key-file, with the same key on all replicas"},
		{!s.H2C || s.TLSCertFile == "", "--h2c needs listeners without TLS, which --tls-cert-file replaces"},
		{!s.Pprof || s.OpsListen != "", "--pprof needs --ops-listen"},
		{s.SandboxConfig.Latency <= 0 || s.Sandbox, "--sandbox-latency needs --sandbox"},
		{s.SandboxConfig.EventLag <= 0 || s.Sandbox, "--sandbox-event-lag needs --sandbox"},
		{s.SandboxConfig.Activity <= 0 || s.Sandbox, "--sandbox-activity needs --sandbox"},
		{s.SandboxConfig.RateLimit == sandbox.RateLimit{} || s.Sandbox, "--sandbox-rate-limit needs --sandbox"},
		{s.SandboxConfig.RateRounding != "down" || s.Sandbox, "--sandbox-rate-rounding needs --sandbox"},
	} {
		if !check.ok {
			errs = append(errs, errors.New(check.message))
		}
	}
	for _, origin := range s.Gateway.CORSOrigins {
		if !gateway.IsOriginPattern(origin) {
			errs = append(errs, fmt.Errorf("--cors-origin %q must be a scheme and a host, such as https://portal.example.com or https://*.example.app", origin))
		}
	}
	return errors.Join(append(errs, checkUpstream(s.Upstream), checkKeys("--link-key-file", s.LinkKeyFile), checkKeys("LINK_KEYS", s.LinkKeys),
		checkKeys("--log-key-file", s.LogKeyFile), checkKeys("LOG_KEY", s.LogKey),
		checkSecrets("--hint-key-file", s.HintKeyFile), checkSecrets("HINT_KEY", s.HintKey),
		checkKeys("--share-key-file", s.ShareKeyFile), checkKeys("SHARE_KEY", s.ShareKey), checkValkey(s.Shared), s.OTLP.check(), s.checkTLS(), s.checkTrusted())...)
}

// checkUpstream returns the error of rest.New. It names its own field, but the operator knows the flag.
func checkUpstream(config rest.Config) error {
	if _, err := rest.New(config); err != nil {
		return fmt.Errorf("--upstream-url or --api-version: %s", strings.ReplaceAll(err.Error(), "AllowHTTP", "--upstream-allow-http"))
	}
	return nil
}

// checkTLS returns an error unless there are two files that belong together, or none.
func (s Serve) checkTLS() error {
	if s.TLSCertFile == "" && s.TLSKeyFile == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(s.TLSCertFile, s.TLSKeyFile); err != nil {
		return fmt.Errorf("--tls-cert-file and --tls-key-file: %w", err)
	}
	return nil
}

// checkValkey does not repeat the URL, which may contain a password.
func checkValkey(config sharedstate.Config) error {
	if config.URL == "" {
		return nil
	}
	return config.CheckURL()
}

// belowMinimum returns an error for each flag whose value is less than its min tag.
func belowMinimum(flags []*kong.Flag) []error {
	var errs []error
	for _, flag := range flags {
		if !flag.Tag.Has("min") {
			continue
		}
		minimum, err := flag.Tag.GetInt("min")
		if err == nil && flag.Target.Int() < minimum {
			err = fmt.Errorf("--%s must be at least %d", flag.Name, minimum)
			if _, ok := reflect.TypeAssert[time.Duration](flag.Target); ok && minimum == 1 {
				err = fmt.Errorf("--%s must be more than 0s", flag.Name)
			}
		}
		errs = append(errs, err)
	}
	return errs
}

// isListenable reports whether text is a host, which may be empty, and a port. Whether the address belongs to this machine
// and is free shows only when something listens there.
func isListenable(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = (&net.Resolver{}).LookupPort(context.Background(), "tcp", port)
	return err == nil
}

// isTemplate reports whether text is the address of a conversation, with a place for its ID.
func isTemplate(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "https" || address.Scheme == "http") && address.Host != "" &&
		(strings.Contains(text, "{id}") || strings.Contains(text, "{shortId}"))
}
