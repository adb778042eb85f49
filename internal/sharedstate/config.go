package sharedstate

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/valkey-io/valkey-go"
)

const (
	// keySize is the size of the share key in bytes.
	keySize = 32
	// bufferSize is the size of the buffers of a connection in bytes.
	bufferSize = 16 << 10
	// dialTimeout is the timeout of each step of connecting.
	dialTimeout = time.Second
	// tellTimeout is the timeout of a write that nobody waits for.
	tellTimeout = time.Second
	// countPause is the time between two counts of the replicas, which also show whether writes are possible.
	countPause = 5 * time.Second
)

// errURL does not quote the URL, which may contain a password.
var errURL = errors.New("--valkey-url must be redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE")

// Config configures a [Store]. URL and Key are required. The tags declare settings as flags; zero means the default.
type Config struct {
	URL     string        `name:"valkey-url" env:"VALKEY_URL" placeholder:"URL" help:"Valkey or Redis that the replicas share, such as rediss://valkey:6379/0: rate limits, polls, hints, persisted queries and idempotency keys. Default: none; each replica knows only its own."`
	Timeout time.Duration `name:"valkey-timeout" default:"5ms" min:"1" env:"VALKEY_TIMEOUT" help:"How long a request waits for an answer of Valkey. Without one, the replica decides for itself."`

	// Password is the password of the server, unless the URL has one.
	Password string `kong:"-"`
	// Key is the secret that all hashes and seals are made with, 32 bytes. Replicas must have the same.
	Key []byte `kong:"-"`
	// Log receives one record for each change of the state. Default: no log.
	Log *slog.Logger `kong:"-"`
	// Dial opens connections instead of the network. It is for tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `kong:"-"`
	// Observer counts what the store does.
	Observer Observer `kong:"-"`
}

// Observer is a set of hooks. They must not block, and may be called concurrently. Any hook may be nil.
type Observer struct {
	// Asked is called after each command with its use, its result and its duration.
	Asked func(use Use, result string, took time.Duration)
	// Garbage is called for each value that does not have its format. The value is ignored.
	Garbage func(use Use)
	// Dropped is called for each write that did not fit into the queue.
	Dropped func()
}

// Use is what a command is for, a label of metrics.
type Use string

// The uses.
const (
	UseRates    Use = "rates"
	UseLeases   Use = "leases"
	UseHints    Use = "hints"
	UseTexts    Use = "texts"
	UseClaims   Use = "claims"
	UseReplicas Use = "replicas"
)

// CheckURL returns an error if the URL is invalid. The error does not repeat it.
func (c Config) CheckURL() error {
	_, err := c.options()
	return err
}

func (c Config) check() error {
	if len(c.Key) != keySize {
		return errors.New("sharedstate: the key must have 32 bytes")
	}
	return nil
}

func (c Config) options() (valkey.ClientOption, error) {
	options, err := valkey.ParseURL(c.URL)
	// The library replaces a missing host, which is rather a missing scheme, with this machine.
	if address, _ := url.Parse(c.URL); err != nil || address.Scheme != "unix" && address.Hostname() == "" {
		return options, errURL
	}
	options.DisableCache, options.DisableRetry = true, true
	options.PipelineMultiplex = -1 // one connection for all commands
	options.Dialer.Timeout = cmp.Or(options.Dialer.Timeout, dialTimeout)
	options.Dialer.KeepAlive = countPause // an idle connection is one that does not count
	options.Sentinel.Dialer = options.Dialer
	options.ConnWriteTimeout = cmp.Or(options.ConnWriteTimeout, tellTimeout)
	options.RingScaleEachConn, options.ReadBufferEachConn, options.WriteBufferEachConn = 8, bufferSize, bufferSize
	options.Password = cmp.Or(options.Password, c.Password)
	if c.Dial != nil {
		options.DialCtxFn = func(ctx context.Context, address string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return c.Dial(ctx, "tcp", address)
		}
	}
	return options, nil
}
