package sharedstate

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/internal/defaults"
)

const (
	// claimTimeouts is how many timeouts a claim may take. Writes are rare, and one that is made twice is worse than one that waits.
	claimTimeouts = 10
	// flushTimeout is how long Close waits for the results of the last claims, which no other replica has.
	flushTimeout = 250 * time.Millisecond
)

// Store is a connection to the server. It is safe for concurrent use.
type Store struct {
	gate

	config  Config
	options valkey.ClientOption
	queue   chan told
	waiting atomic.Int64 // writes that are sent again, in the queue or being sent
	late    late

	replica  string // the name of this one
	counting *valkey.Lua
	replicas atomic.Int64
	hints    hints

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// command makes one request of the server.
type command func(ctx context.Context, client valkey.Client) valkey.ValkeyResult

// exec returns the command that runs a script with an entry and arguments.
func exec(script *valkey.Lua, key string, args ...string) command {
	return func(ctx context.Context, client valkey.Client) valkey.ValkeyResult {
		return script.Exec(ctx, client, []string{key}, args)
	}
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
	s := &Store{
		gate: gate{log: config.Log, lost: make(chan result, 1)}, config: config, options: options, queue: make(chan told, maxQueue),
		replica: rand.Text(), counting: valkey.NewLuaScript(replicasScript),
		hints: hints{sealer: newSealer(derive(config.Key, "hints"))},
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.running.Go(func() { s.supervise(ctx) })
	for range senders {
		s.running.Go(func() { s.send(ctx) })
	}
	return s, nil
}

// ask sends a command and waits for the answer as long as a request may. ok is false without one, or if it is an error.
func (s *Store) ask(ctx context.Context, use Use, run command) (answer valkey.ValkeyMessage, ok bool) {
	if ctx.Err() != nil {
		return answer, false
	}
	timeout := s.config.Timeout
	if use == UseClaims {
		timeout *= claimTimeouts
	}
	return s.do(ctx, timeout, use, run)
}

// do waits for the whole timeout, even if ctx ends before: the library would close the connection then.
func (s *Store) do(ctx context.Context, timeout time.Duration, use Use, run command) (answer valkey.ValkeyMessage, ok bool) {
	client := s.client.Load()
	if client == nil {
		return answer, false
	}
	ctx, cancel := context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), noDial{}, true), timeout)
	defer cancel()
	began := time.Now()
	answer, err := run(ctx, *client).ToMessage()
	got := resultOf(err)
	s.judge(client, use, got)
	if s.config.Observer.Asked != nil {
		s.config.Observer.Asked(use, string(got), time.Since(began))
	}
	return answer, got == resultOK
}

// garbage counts a value that does not have its format.
func (s *Store) garbage(use Use) {
	if s.config.Observer.Garbage != nil {
		s.config.Observer.Garbage(use)
	}
}

// Close ends the connection. Writes that wait are lost, ends of claims only after a moment.
func (s *Store) Close() {
	s.silence()
	for end := time.Now().Add(flushTimeout); s.waiting.Load() > 0 && s.client.Load() != nil && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	s.cancel()
	s.running.Wait()
}
