package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config configures a [Client]. The zero value is ready for production. The tags declare settings as flags.
type Config struct {
	// BaseURL must be https, unless the host is this machine or AllowHTTP is set, and must not contain a user, a query or a
	// fragment. Its default has no version, as in the provider's own CLI.
	BaseURL string `name:"upstream-url" default:"https://api.mittwald.de/" env:"MITTWALD_API_BASE_URL" help:"URL of mStudio's REST API, without the version."`
	// APIVersion may be "v3-next", whose conversations are the same today.
	APIVersion string `name:"api-version" default:"v2" env:"MITTWALD_API_VERSION" help:"Version of the API, the first segment of every path."`
	AllowHTTP  bool   `name:"upstream-allow-http" env:"UPSTREAM_ALLOW_HTTP" help:"Accept an upstream URL without TLS on another host. Tokens are then sent unencrypted."`
	// ReadTimeout includes the body. By default, three attempts fit into the gateway's timeout of an operation.
	ReadTimeout time.Duration `name:"upstream-read-timeout" default:"4500ms" min:"1" env:"UPSTREAM_READ_TIMEOUT" help:"Timeout of one attempt of a read that does not wait for an event, at most --upstream-timeout."`
	// AttemptTimeout includes the body. It is longer than 10 s because the API may hold a call that waits for an event for
	// that long.
	AttemptTimeout time.Duration `name:"upstream-timeout" default:"12s" min:"1" env:"UPSTREAM_TIMEOUT" help:"Timeout of one attempt of any other mStudio call, and of each wait for a part of a file."`
	// MaxInFlight is more than the calls of four operations, and leaves room for a caller's parallel calls in a quarter.
	MaxInFlight          int  `name:"max-upstream-in-flight" default:"256" min:"1" env:"MAX_UPSTREAM_IN_FLIGHT" help:"Maximum concurrent mStudio calls of all operations. Others wait; callers take turns."`
	MaxInFlightPerCaller int  `name:"max-upstream-in-flight-per-caller" min:"0" env:"MAX_UPSTREAM_IN_FLIGHT_PER_CALLER" help:"Maximum concurrent mStudio calls of one caller. A quarter of them may wait for an event. 0 means a quarter of all."`
	NoRateBudget         bool `name:"no-rate-budget" env:"NO_RATE_BUDGET" help:"Send every mStudio call at once, whatever is left of the caller's rate limit, and stop only after a 429."`
	NoSharedCalls        bool `name:"no-shared-calls" env:"NO_SHARED_CALLS" help:"Give the response to an mStudio call to no other operation of the same caller."`
	// CallerKey is the key of the hashes that tell callers apart. Replicas that share state must share it. Default: a random key.
	CallerKey []byte `kong:"-"`
	// SharedRates shares the callers' rate limits with other replicas. Default: this process knows only its own.
	SharedRates SharedRates `kong:"-"`
	// UserAgent is the User-Agent of every call.
	UserAgent string `kong:"-" default:"mstudio-graphql"`
	// Dial opens connections instead of the network. It is for tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `kong:"-"`
	// Log receives one debug record per attempt, and a warning when the breaker changes. Nil discards them.
	Log *slog.Logger `kong:"-"`
}

// shares returns the shares of calls in flight. A caller may have all of them waiting for events only if it has few.
func (c Config) shares() shares {
	caller := c.MaxInFlightPerCaller
	if caller <= 0 {
		caller = quarter(c.MaxInFlight)
	}
	return shares{all: c.MaxInFlight, caller: caller, events: quarter(caller)}
}

func quarter(whole int) int { return max(whole/4, 1) }

// check returns the base URL, or an error that lists everything wrong. It does not quote the configuration, which may
// contain a password.
func (c Config) check() (*url.URL, error) {
	base, err := c.parseBaseURL()
	errs := []error{err}
	if strings.Trim(c.APIVersion, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		errs = append(errs, errors.New("API version must consist of lower-case letters, digits and hyphens"))
	}
	if !isVisibleASCII(strings.ReplaceAll(c.UserAgent, " ", "")) {
		errs = append(errs, errors.New("user agent must consist of visible ASCII characters and spaces"))
	}
	return base, errors.Join(errs...)
}

func (c Config) parseBaseURL() (*url.URL, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Hostname() == "" {
		return nil, errors.New("base URL must be absolute")
	}
	var errs []error
	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		errs = append(errs, errors.New("base URL must not contain a user, a query or a fragment"))
	}
	if base.RawPath != "" {
		errs = append(errs, errors.New("base URL must have a path without escapes"))
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !c.AllowHTTP && !IsLoopback(base.Hostname())) {
		errs = append(errs, errors.New("base URL must be https (http requires AllowHTTP or a loopback host)"))
	}
	if strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/"+c.APIVersion) {
		errs = append(errs, fmt.Errorf("base URL must not end in /%s because the version is appended", c.APIVersion))
	}
	return base, errors.Join(errs...)
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
