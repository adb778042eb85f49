package sharedstate

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/valkey-io/valkey-go"
)

const (
	firstPause   = 100 * time.Millisecond
	probePause   = 2 * time.Second // between two attempts to connect
	refusedPause = 5 * time.Second
)

// link is a client with its connections. The library connects again by itself, in the middle of a command and after an unlimited
// time, so a link ends with its first failure, and a new one follows.
type link struct {
	client  valkey.Client
	options valkey.ClientOption
	ctx     context.Context // of its connections
	end     context.CancelFunc
}

// supervise connects, and connects again after a failure. While commands are sent, it counts the replicas.
func (s *Store) supervise(ctx context.Context) {
	current := &link{end: func() {}}
	defer func() { current.close() }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	attempts, lost := 0, resultOK
	for {
		select {
		case <-ctx.Done():
			return
		case lost = <-s.lost:
			current.close()
			attempts = 0
			timer.Reset(pauseAfter(lost, attempts))
		case <-timer.C:
			if s.client.Load() != nil {
				s.countReplicas(ctx)
				timer.Reset(countPause)
				continue
			}
			current.close()
			var reason result
			if current, reason = s.connect(ctx); reason == resultOK {
				timer.Reset(0)
				continue
			}
			if attempts == 0 && lost == resultTimeout {
				reason = lost
			}
			attempts++
			s.open(nil, reason)
			timer.Reset(pauseAfter(reason, attempts))
		}
	}
}

// pauseAfter returns how long to wait before an attempt to connect. The first one after a timeout follows at once: if this process
// was busy and the server is well, its answers are hardly missed.
func pauseAfter(reason result, attempts int) time.Duration {
	switch {
	case reason == resultTimeout && attempts == 0:
		return 0
	case stateAfter(reason) == StateRefused:
		return refusedPause
	case reason == resultTimeout:
		return probePause
	}
	return min(firstPause<<min(attempts, 10), probePause)
}

// connect lets a client pass if the server answers in time.
func (s *Store) connect(ctx context.Context) (*link, result) {
	ctx, end := context.WithCancel(ctx)
	l := &link{options: s.options, ctx: ctx, end: end}
	if err := l.connect(ctx, s.config.Timeout); err != nil {
		l.close()
		return l, resultOf(err)
	}
	client := l.client // which close does not change
	s.running.Go(func() { s.listen(ctx, client) })
	s.pass(&client)
	return l, resultOK
}

// connect connects to all nodes of a cluster. It returns an error unless each answers one of three times within the timeout.
func (l *link) connect(ctx context.Context, timeout time.Duration) (err error) {
	if err := l.makeClient(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	for _, node := range l.client.Nodes() {
		fastest := dialTimeout
		for attempt := 0; attempt < 3 && fastest > timeout; attempt++ {
			began := time.Now()
			if err := node.Do(ctx, node.B().Ping().Build()).Error(); err != nil {
				return err
			}
			fastest = min(fastest, time.Since(began))
		}
		if fastest > timeout {
			return context.DeadlineExceeded
		}
	}
	return nil
}

// makeClient makes a client for one server, unless the server belongs to a cluster. The library can find that out, too, but then
// treats each lost connection as that of a cluster.
func (l *link) makeClient(ctx context.Context) (err error) {
	options := l.options
	options.DialCtxFn = l.dial
	options.ForceSingleClient = len(options.InitAddress) == 1 && options.Sentinel.MasterSet == ""
	if l.client, err = valkey.NewClient(options); err != nil || !options.ForceSingleClient {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	isCluster := l.client.Do(ctx, l.client.B().ClusterInfo().Build()).Error() == nil
	if !isCluster {
		return nil
	}
	l.client.Close()
	options.ForceSingleClient = false
	l.client, err = valkey.NewClient(options)
	return err
}

func (l *link) close() {
	l.end()
	if l.client != nil {
		l.client.Close()
		l.client = nil
	}
}

// noDial is the key of a value in the contexts of commands.
type noDial struct{}

// dial opens a connection, which ends with the link. A command gets none: it would wait for it, and so would all others.
func (l *link) dial(ctx context.Context, address string, dialer *net.Dialer, config *tls.Config) (net.Conn, error) {
	if ctx.Value(noDial{}) != nil {
		return nil, errors.New("the connection is lost")
	}
	return l.open(address, dialer, config) //nolint:contextcheck // it lives longer than the attempt
}

func (l *link) open(address string, dialer *net.Dialer, config *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(l.ctx, dialer.Timeout)
	defer cancel()
	connection, err := l.dialPlain(ctx, address, dialer)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(l.ctx, func() { _ = connection.Close() })
	if config == nil {
		return &limitedConn{Conn: connection}, nil
	}
	secured := tls.Client(connection, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = connection.Close()
		if ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", errTLS, err)
		}
		return nil, err
	}
	return &limitedConn{Conn: secured}, nil
}

func (l *link) dialPlain(ctx context.Context, address string, dialer *net.Dialer) (net.Conn, error) {
	if l.options.DialCtxFn != nil {
		return l.options.DialCtxFn(ctx, address, dialer, nil)
	}
	return dialer.DialContext(ctx, "tcp", address)
}
