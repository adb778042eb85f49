package live_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
)

// broadcaster serves streams over HTTP.
type broadcaster struct {
	*backend

	streams  *live.Streams
	sources  chan *queue
	log      *gatewaytest.Output
	registry *prometheus.Registry
	server   *http.Server
	dial     func(ctx context.Context) (net.Conn, error)
}

// broadcast serves streams on a port.
func broadcast(t *testing.T, config live.Config) *broadcaster {
	t.Helper()
	var listening net.ListenConfig
	tcp, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newBroadcaster(t, config, tcp, func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", tcp.Addr().String())
	})
}

// broadcastOverPipes serves streams in the virtual time of a bubble. A write on a pipe waits until it is read.
func broadcastOverPipes(t *testing.T, config live.Config) *broadcaster {
	t.Helper()
	pipes := &listener{conns: make(chan net.Conn), done: make(chan struct{})}
	return newBroadcaster(t, config, pipes, func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		pipes.conns <- server
		return client, nil
	})
}

func newBroadcaster(t *testing.T, config live.Config, listening net.Listener, dial func(context.Context) (net.Conn, error)) *broadcaster {
	t.Helper()
	b := &broadcaster{backend: newBackend(), streams: live.New(config), sources: make(chan *queue, 2000), log: &gatewaytest.Output{}, registry: prometheus.NewRegistry(), dial: dial}
	counted, err := metrics.New(b.registry, func() rest.BreakerState { return rest.BreakerClosed })
	if err != nil {
		t.Fatal(err)
	}
	compressed := httpapi.Compress(b.serve)
	observer := telemetry.New(slog.New(slog.NewTextHandler(b.log, nil)), nil, counted, nil)
	observed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		observed, r, end := observer.Begin(w, r)
		defer end()
		compressed.ServeHTTP(observed, r)
	})
	b.server = &http.Server{Handler: observed, ReadTimeout: time.Second, WriteTimeout: time.Second} // a stream outlives both
	go func() { _ = b.server.Serve(listening) }()
	t.Cleanup(func() {
		_ = b.server.Close()
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		b.streams.Drain(ended, 0)
	})
	return b
}

// serve starts a WebSocket, or a stream for each request of X-Caller.
func (b *broadcaster) serve(w http.ResponseWriter, r *http.Request) {
	if live.IsWebSocket(r) {
		if rejected := b.streams.ServeWebSocket(w, r, []string{"https://app.example.com", "https://*.example.app"}, b); rejected != nil {
			http.Error(w, rejected.Error(), rejected.Status)
		}
		return
	}
	place, rejected := b.streams.Enter()
	if rejected == nil {
		if rejected = place.Claim(r.Header.Get("X-Caller")); rejected != nil {
			place.Leave()
		}
	}
	if rejected != nil {
		http.Error(w, rejected.Error(), rejected.Status)
		return
	}
	accepted, _ := httpapi.Negotiate(r)
	source := &queue{}
	b.sources <- source
	b.streams.Serve(w, r, accepted.Stream, place, source)
}

// reader reads a stream.
type reader struct {
	*testing.T

	conn   net.Conn
	buffer *bufio.Reader
	source *queue // of the stream; nil if the request was rejected
	status string
	header http.Header
	closes bool
}

const head = "GET /graphql HTTP/1.1\r\nHost: gateway.test\r\nAccept-Encoding: gzip\r\nX-Request-Id: request\r\n"

// open sends a request with more headers and reads the head of the response.
func (b *broadcaster) open(t *testing.T, more ...string) *reader {
	t.Helper()
	return b.request(t, head+strings.Join(append(more, "", ""), "\r\n"))
}

func (b *broadcaster) request(t *testing.T, request string) *reader {
	t.Helper()
	conn, err := b.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &reader{T: t, conn: conn, buffer: bufio.NewReader(conn)}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(r.buffer, nil) //nolint:bodyclose // the connection is closed
	if err != nil {
		t.Fatal(err)
	}
	r.status, r.header, r.closes = response.Status, response.Header, response.Close
	if response.StatusCode == http.StatusOK {
		r.source = <-b.sources
		r.buffer = bufio.NewReader(response.Body)
	}
	return r
}

// expect reads exactly this text.
func (r *reader) expect(want string) {
	r.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(r.buffer, got)
	if d := cmp.Diff(want, string(got[:n])); d != "" {
		r.Fatalf("%v (-want +got):\n%s", err, d)
	}
}

// expectEnd reads the end of the response. It must look complete or not.
func (r *reader) expectEnd(complete bool) {
	r.Helper()
	switch more, err := r.buffer.ReadString(0); {
	case more != "":
		r.Errorf("got more: %q", more)
	case complete != (err == io.EOF):
		r.Errorf("complete: want %t, got %v", complete, err)
	}
}

// expectNoStream waits until all streams have ended and are in the log.
func (b *broadcaster) expectNoStream(t *testing.T) {
	t.Helper()
	if !eventually(func() bool { return b.streams.Open() == 0 }) {
		t.Errorf("%d streams are open", b.streams.Open())
	}
}

// eventually reports whether the condition becomes true within ten seconds.
func eventually(condition func() bool) bool {
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for range 1000 {
		if condition() {
			return true
		}
		<-poll.C
	}
	return false
}

// expectLine checks the only line of the access log, and that no stream is counted as open.
func (b *broadcaster) expectLine(t *testing.T, want string) {
	t.Helper()
	b.expectNoStream(t)
	_, line, _ := strings.Cut(strings.TrimSuffix(b.log.String(), "\n"), "msg=request ")
	before, after, _ := strings.Cut(line, " durationMs=")
	_, after, _ = strings.Cut(after, " ")
	if d := cmp.Diff(want, before+" "+after); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// gathered returns the sum of a metric, with these labels if there are any.
func (b *broadcaster) gathered(t *testing.T, name string, labels ...string) (sum float64) {
	t.Helper()
	families, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "mstudio_graphql_"+name {
			continue
		}
		for _, metric := range family.GetMetric() {
			text := metric.String()
			if !slices.ContainsFunc(labels, func(label string) bool { return !strings.Contains(text, `"`+label+`"`) }) {
				sum += metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
			}
		}
	}
	return sum
}
