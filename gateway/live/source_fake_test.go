package live_test

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"mstudio-graphql/gateway/live"
	"mstudio-graphql/graph/watcher"
)

// queue is a Source that a test fills.
type queue struct {
	mu      sync.Mutex
	notify  func()
	results [][]byte
	end     *watcher.End
	closed  atomic.Bool
}

func (q *queue) add(end *watcher.End, results ...string) {
	q.mu.Lock()
	for _, result := range results {
		q.results = append(q.results, []byte(result))
	}
	q.end = end
	notify := q.notify
	q.mu.Unlock()
	if notify != nil {
		notify()
	}
}

func (q *queue) Notify(ready func()) {
	q.mu.Lock()
	q.notify = ready
	waits := len(q.results) > 0 || q.end != nil
	q.mu.Unlock()
	if waits {
		ready()
	}
}

func (q *queue) Take() (results [][]byte, end *watcher.End) {
	q.mu.Lock()
	defer q.mu.Unlock()
	results, q.results = q.results, nil
	return results, q.end
}

func (q *queue) Close() { q.closed.Store(true) }

func completed() *watcher.End { return &watcher.End{} }

// listener accepts the ends of pipes.
type listener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (*listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

var usual = live.Config{
	MaxStreams: 100, MaxStreamsPerCaller: 10, MaxSocketOperations: 4, MaxMessageBytes: 1024, StreamLife: time.Hour, StreamPing: 15 * time.Second,
	StreamInitTimeout: 10 * time.Second, StreamWriteTimeout: 10 * time.Second, StreamBufferBytes: 1 << 18,
}
