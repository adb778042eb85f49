package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// DefaultBaseURL is where mStudio answers. Like the provider's own CLI, it names the API without its version.
const DefaultBaseURL = "https://api.mittwald.de/"

// Config is what a [Client] is made from. The zero value is ready for production.
type Config struct {
	// BaseURL is where the API is, without its version. Default: DefaultBaseURL. It must be https, unless the host
	// is this machine or AllowHTTP is set, and must hold no user, query or fragment.
	BaseURL string
	// APIVersion is the first path segment. Default: "v2". "v3-next" has the same conversations today.
	APIVersion string
	// AllowHTTP accepts a BaseURL without TLS on another host. Tokens then travel in the clear.
	AllowHTTP bool
	// AttemptTimeout bounds one attempt, its body included. Default: 12 s, because a read that waits for an event
	// is answered by the API after up to 10 s.
	AttemptTimeout time.Duration
	// UserAgent is sent with every call. Default: "mstudio-graphql".
	UserAgent string
	// Log gets one debug record per attempt. Default: none is written.
	Log *slog.Logger
}

// Client calls the API. It is safe for concurrent use; derive one per caller with [Client.WithToken].
type Client struct {
	base      *url.URL // with the version, no trailing slash
	fileURL   string   // prefix of the public address of a file
	token     Token
	requestID string
	// header is that of every call. They share it, so it is never changed. It holds the token: behind a function, no
	// formatting verb prints it.
	header func() http.Header
	// event is what reads wait for; see AfterEvent.
	event     EventID
	onStale   func()
	limits    *limiter
	deadlines *deadlines // of one operation; nil without WithLimits
	userAgent string
	do        handler
	pool      *http.Transport
	breaker   *gobreaker.CircuitBreaker[*answer]
	// attemptTimeout is for what does not go through the chain.
	attemptTimeout time.Duration
}

// New checks the configuration and returns a client without a token. The error names every mistake at once.
func New(config Config) (*Client, error) {
	config = config.withDefaults()
	base, err := config.check()
	if err != nil {
		return nil, err
	}
	pool, breaker := newPool(), newBreaker(config.AttemptTimeout)
	base.Path = strings.TrimRight(base.Path, "/") + "/" + config.APIVersion
	client := &Client{
		base:      base,
		fileURL:   base.String() + "/files/",
		userAgent: config.UserAgent,
		limits:    newLimiter(Limits{}),
		do:        newChain(config, pool, breaker),
		pool:      pool,
		breaker:   breaker,

		attemptTimeout: config.AttemptTimeout,
	}
	client.header = sync.OnceValue(client.newHeader)
	return client, nil
}

// newHeader builds the headers from nothing: what a caller sent to the gateway never gets here by accident.
func (c *Client) newHeader() http.Header {
	header := http.Header{"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {c.userAgent}}
	if !c.token.IsZero() {
		header.Set("X-Access-Token", c.token.reveal())
	}
	if c.requestID != "" {
		header.Set("X-Request-Id", c.requestID)
	}
	if c.event != "" {
		header.Set("If-Event-Reached", string(c.event))
	}
	return header
}

// WithToken returns a copy that calls as the token's owner. The copy shares connections, retry budget and breaker
// with its origin, and nothing that depends on who calls.
func (c *Client) WithToken(token Token) *Client {
	derived := *c
	derived.token = token
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}

// WithRequestID returns a copy that sends id as X-Request-ID, so that both sides' logs can be matched. An id that
// cannot travel in a header as it is, is not sent: an id is not worth a failed call.
func (c *Client) WithRequestID(id string) *Client {
	derived := *c
	derived.requestID = ""
	if isVisibleASCII(id) {
		derived.requestID = id
	}
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}

// WithLimits returns a copy with counters of its own: make one for each operation.
func (c *Client) WithLimits(limits Limits) *Client {
	derived := *c
	derived.limits = newLimiter(limits)
	derived.deadlines = &deadlines{}
	return &derived
}

// Calls returns how many calls were made through this copy and the copies derived from it since WithLimits.
func (c *Client) Calls() int { return int(c.limits.used.Load()) }

// CallsLeft returns how many more calls may be made before one fails with BudgetExceeded. Others may use them up at any
// moment.
func (c *Client) CallsLeft() int { return c.limits.left() }

// Close drops the idle connections. Calls in flight are left alone.
func (c *Client) Close() { c.pool.CloseIdleConnections() }

func (c Config) withDefaults() Config {
	defaults := Config{
		BaseURL:        DefaultBaseURL,
		APIVersion:     "v2",
		AttemptTimeout: 12 * time.Second,
		UserAgent:      "mstudio-graphql",
		Log:            slog.New(slog.DiscardHandler),
	}
	if c.BaseURL != "" {
		defaults.BaseURL = c.BaseURL
	}
	if c.APIVersion != "" {
		defaults.APIVersion = c.APIVersion
	}
	if c.AttemptTimeout > 0 {
		defaults.AttemptTimeout = c.AttemptTimeout
	}
	if c.UserAgent != "" {
		defaults.UserAgent = c.UserAgent
	}
	if c.Log != nil {
		defaults.Log = c.Log
	}
	defaults.AllowHTTP = c.AllowHTTP
	return defaults
}

// check returns the base URL, or every mistake. It keeps what was configured out of its errors: that may be a password.
func (c Config) check() (*url.URL, error) {
	base, err := c.parseBaseURL()
	mistakes := []error{err}
	if strings.Trim(c.APIVersion, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		mistakes = append(mistakes, errors.New("API version must be of lower-case letters, digits and hyphens"))
	}
	if !isVisibleASCII(strings.ReplaceAll(c.UserAgent, " ", "")) {
		mistakes = append(mistakes, errors.New("user agent must be of visible ASCII characters and blanks"))
	}
	return base, errors.Join(mistakes...)
}

func (c Config) parseBaseURL() (*url.URL, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Hostname() == "" {
		return nil, errors.New("base URL is not an absolute URL")
	}
	var mistakes []error
	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		mistakes = append(mistakes, errors.New("base URL must not hold a user, a query or a fragment"))
	}
	if base.RawPath != "" {
		mistakes = append(mistakes, errors.New("base URL must have a path without escapes"))
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !c.AllowHTTP && !isLoopback(base.Hostname())) {
		mistakes = append(mistakes, errors.New("base URL must be https (http is for this machine, or with AllowHTTP)"))
	}
	if strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/"+c.APIVersion) {
		mistakes = append(mistakes, fmt.Errorf("base URL must not end in /%s: the version is added to it", c.APIVersion))
	}
	return base, errors.Join(mistakes...)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
