package rest

import (
	"crypto/sha256"
	"hash/maphash"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/rest/budget"
)

// Client calls the API. It is safe for concurrent use. Derive one for each caller with [Client.WithToken].
type Client struct {
	session

	fileURL  string // prefix of a file's public URL
	do       handler
	pool     *http.Transport
	breakers *breakers
	queue    *queue
	hash     func(Token) callerKey
	budgets  *budgets
	seed     maphash.Seed // of the checksums of pages
	// attemptTimeout is for downloads, which bypass the chain.
	attemptTimeout time.Duration
}

// New returns a client without a token. Its error lists everything that is wrong with config.
func New(config Config) (*Client, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if err := defaults.Set(&config); err != nil {
		return nil, err
	}
	base, err := config.check()
	if err != nil {
		return nil, err
	}
	pool, breakers, queue := newPool(config), newBreakers(config.MaxInFlight, config.Log), newQueue(config.shares())
	known := newTokens()
	base.Path = strings.TrimRight(base.Path, "/") + "/" + config.APIVersion
	client := &Client{
		session:  session{base: base, userAgent: config.UserAgent, limits: newLimiter(Limits{}), operation: budget.NewOperation()},
		fileURL:  base.String() + "/files/",
		do:       newChain(config, pool, breakers, queue, known),
		pool:     pool,
		breakers: breakers,
		queue:    queue,
		hash:     callerHash(config.CallerKey),
		budgets:  newBudgets(known.isAccepted, newBudget(config.SharedRates, config.NoRateBudget)),
		seed:     maphash.MakeSeed(),

		attemptTimeout: config.AttemptTimeout,
	}
	return client.WithToken(Token{}), nil
}

// WithToken returns a copy that calls as the token's owner. The copy shares connections, retry budgets and breakers with
// the original, and nothing that depends on the caller.
func (c *Client) WithToken(token Token) *Client {
	return c.with(func(s *session) {
		s.token, s.caller = token, sync.OnceValue(func() callerKey { return c.hash(token) })
		s.budget = sync.OnceValue(func() *budget.Budget { return c.budgets.of(s.caller()) })
	})
}

// with returns a copy with a changed session.
func (c *Client) with(change func(*session)) *Client {
	derived := *c
	change(&derived.session)
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}

// Caller returns a hash of the token with Config.CallerKey. It distinguishes callers.
func (c *Client) Caller() [sha256.Size]byte { return c.caller() }

// SharedCaller returns the caller's identity on all replicas.
func (c *Client) SharedCaller() SharedCaller { return sharedCaller(c.caller()) }

// WithRequestID returns a copy that sends id as X-Request-ID, so that the logs of both sides can be matched. An ID that
// is not visible ASCII is not sent, because it is not worth a failed call.
func (c *Client) WithRequestID(id string) *Client {
	if !isVisibleASCII(id) {
		id = ""
	}
	return c.with(func(s *session) { s.requestID = id })
}

// WithPictures returns a copy that puts the prefix before the IDs of pictures, instead of the API's own address.
func (c *Client) WithPictures(prefix string) *Client {
	derived := *c
	derived.fileURL = prefix
	return &derived
}

// AfterEvent returns a copy whose calls see the change of the event: the API holds each call for up to 10 s until it has
// processed the event. If that is too short, onStale is called and the call is repeated without waiting, so its result
// may be older than the event.
func (c *Client) AfterEvent(event EventID, onStale func()) *Client {
	return c.with(func(s *session) { s.event, s.onStale = event, onStale })
}

// WithLimits returns a copy with its own counters. Each operation needs one.
func (c *Client) WithLimits(limits Limits) *Client {
	derived := *c
	derived.limits, derived.operation = newLimiter(limits), newOperation(limits)
	return &derived
}

// Calls returns the number of calls since WithLimits, through this copy and the copies derived from it.
func (c *Client) Calls() int { return int(c.limits.used.Load()) }

// CallsLeft returns how many more calls can be made before one fails with BudgetExceeded. Concurrent calls may use them
// at any moment.
func (c *Client) CallsLeft() int { return c.limits.left() }

// Breaker returns the state of the breakers, which all clients derived from one share.
func (c *Client) Breaker() BreakerState { return c.breakers.state() }

// Close closes idle connections. It does not affect calls in flight.
func (c *Client) Close() { c.pool.CloseIdleConnections() }
