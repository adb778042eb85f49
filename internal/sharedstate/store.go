package sharedstate

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/internal/defaults"
)

const (
	// maxQueue is the maximum number of writes that wait to be sent. Further ones are dropped.
	maxQueue = 1_000
	// senders is the number of writes that are sent at the same time.
	senders = 4
	// tellTimeout is the timeout of a write that nobody waits for.
	tellTimeout = time.Second
)

// Store is a connection to the server. It is safe for concurrent use.
type Store struct {
	config  Config
	options valkey.ClientOption
	client  atomic.Pointer[valkey.Client] // nil until the server has answered
	gate    gate
	queue   chan told

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// command makes one request of the server.
type command func(ctx context.Context, client valkey.Client) valkey.ValkeyResult

// told is a command that nobody waits for.
type told struct {
	use Use
	run command
}

// New returns a Store that connects in the background. It returns an error only for a wrong configuration.
func New(config Config) (*Store, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if err := defaults.Set(&config); err != nil {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	options, err := config.options()
	if err != nil {
		return nil, err
	}
	s := &Store{config: config, options: options, queue: make(chan told, maxQueue)}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.running.Go(func() { s.connect(ctx) })
	for range senders {
		s.running.Go(func() { s.send(ctx) })
	}
	return s, nil
}

func (c Config) options() (valkey.ClientOption, error) {
	options, err := valkey.ParseURL(c.URL)
	// The library replaces a missing host, which is rather a missing scheme, with this machine.
	if address, _ := url.Parse(c.URL); err != nil || address.Scheme != "unix" && address.Hostname() == "" {
		return options, errURL
	}
	options.DisableCache = true
	options.Password = cmp.Or(options.Password, c.Password)
	if c.Dial != nil {
		options.DialCtxFn = func(ctx context.Context, address string, _ *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return c.Dial(ctx, "tcp", address)
		}
	}
	return options, nil
}

// connect makes the client, and tries again until it succeeds.
func (s *Store) connect(ctx context.Context) {
	for wait := 100 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, 5*time.Second) {
		client, err := valkey.NewClient(s.options)
		if err == nil {
			s.client.Store(&client)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// send sends the writes that wait.
func (s *Store) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case next := <-s.queue:
			s.do(ctx, tellTimeout, next.use, next.run)
		}
	}
}

// ask sends a command and waits for the answer as long as a request may. ok is false without one, or if it is an error.
func (s *Store) ask(ctx context.Context, use Use, run command) (answer valkey.ValkeyMessage, ok bool) {
	return s.do(ctx, s.config.Timeout, use, run)
}

// tell sends a command in the background.
func (s *Store) tell(use Use, run command) {
	select {
	case s.queue <- told{use, run}:
	default:
		if s.config.Observer.Dropped != nil {
			s.config.Observer.Dropped()
		}
	}
}

func (s *Store) do(ctx context.Context, timeout time.Duration, use Use, run command) (answer valkey.ValkeyMessage, ok bool) {
	client := s.client.Load()
	if client == nil || !s.gate.isClosed() {
		return answer, false
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began := time.Now()
	answer, err := run(ctx, *client).ToMessage()
	if valkey.IsValkeyNil(err) {
		err = nil
	}
	s.gate.report(err)
	if s.config.Observer.Asked != nil {
		s.config.Observer.Asked(use, resultOf(err), time.Since(began))
	}
	return answer, err == nil
}

// garbage counts a value that does not have its format.
func (s *Store) garbage(use Use) {
	if s.config.Observer.Garbage != nil {
		s.config.Observer.Garbage(use)
	}
}

func resultOf(err error) string {
	if err != nil {
		return "error"
	}
	return "ok"
}

// Close ends the connection. Writes that wait are lost.
func (s *Store) Close() {
	s.cancel()
	s.running.Wait()
	if client := s.client.Load(); client != nil {
		(*client).Close()
	}
}
