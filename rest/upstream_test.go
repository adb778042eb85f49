package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const conversationID = "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11"

// upstream is a real server in place of mStudio. It records all requests.
type upstream struct {
	url       string
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	protocols *http.Protocols // nil means the client's default
	network   *pipeListener   // nil unless started by servePipes

	mu       sync.Mutex
	received []*http.Request
}

// newUpstream starts a server whose handler is handle.
func newUpstream(t *testing.T, handle http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	server := httptest.NewServer(u.record(handle))
	t.Cleanup(server.Close)
	u.url = server.URL
	return u
}

// newPipeUpstream is newUpstream with in-memory connections and a fixed URL. A synctest bubble needs them: a goroutine
// that waits for the network does not count as blocked, so the bubble's clock would not advance.
func newPipeUpstream(t *testing.T, handle http.HandlerFunc) *upstream {
	t.Helper()
	return servePipes(t, &upstream{url: "http://localhost"}, handle)
}

// newHTTP2Upstream is newPipeUpstream with HTTP/2, which most proxies in front of APIs use.
func newHTTP2Upstream(t *testing.T, handle http.HandlerFunc) *upstream {
	t.Helper()
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	return servePipes(t, &upstream{url: "http://localhost", protocols: protocols}, handle)
}

func servePipes(t *testing.T, u *upstream, handle http.HandlerFunc) *upstream {
	t.Helper()
	listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	u.dial, u.network = listener.dial, listener
	server := &http.Server{Handler: u.record(handle), Protocols: u.protocols}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("server ended with %v", err)
		}
	})
	return u
}

func (u *upstream) record(handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		u.received = append(u.received, r.Clone(context.WithoutCancel(r.Context())))
		u.mu.Unlock()
		handle(w, r)
	})
}

// requests returns the requests received so far.
func (u *upstream) requests() []*http.Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.received)
}

// wantCalls fails the test unless the server has received exactly count requests.
func (u *upstream) wantCalls(t *testing.T, count int) {
	t.Helper()
	if got := len(u.requests()); got != count {
		t.Errorf("upstream calls: want %d, got %d", count, got)
	}
}

// client returns a client with a token that makes every call, even if an equal one is in flight.
func (u *upstream) client(t *testing.T, config Config) *Client {
	t.Helper()
	config.NoSharedCalls = true
	return u.sharingClient(t, config)
}

// sharingClient returns a client with a token that shares equal calls of operations, as the gateway does.
func (u *upstream) sharingClient(t *testing.T, config Config) *Client {
	t.Helper()
	config.BaseURL, config.Dial = u.url, u.dial
	client, err := New(config)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	if u.protocols != nil {
		client.pool.Protocols = u.protocols
	}
	t.Cleanup(client.Close)
	return client.WithToken(newToken(t, "token-of-the-test"))
}

func newToken(t *testing.T, text string) Token {
	t.Helper()
	token, err := NewToken(text)
	if err != nil {
		t.Fatalf("NewToken: %v", err)
	}
	return token
}

// pipeListener is a listener with in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	open []net.Conn // server's ends
	down bool
}

// breakAll closes all connections and refuses new ones for a time. The server's handlers continue.
func (l *pipeListener) breakAll(down time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.open {
		_ = conn.Close()
	}
	l.open, l.down = nil, down > 0
	if l.down {
		time.AfterFunc(down, l.restore)
	}
}

// restore accepts connections again.
func (l *pipeListener) restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

// add records a connection, or refuses it.
func (l *pipeListener) add(conn net.Conn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return syscall.ECONNREFUSED
	}
	l.open = append(l.open, conn)
	return nil
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	if err := l.add(far); err != nil {
		return nil, err
	}
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// respond returns a handler that sends a JSON document.
func respond(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// script returns a handler that runs one step per request, in order. A request without a step fails the test.
func script(t *testing.T, steps ...http.HandlerFunc) http.HandlerFunc {
	t.Helper()
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if len(steps) == 0 {
			mu.Unlock()
			t.Errorf("unexpected request: %s %s", r.Method, r.URL.Path)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		step := steps[0]
		steps = steps[1:]
		mu.Unlock()
		step(w, r)
	}
}

// repeat returns a script of count equal steps.
func repeat(count int, step http.HandlerFunc) []http.HandlerFunc {
	return slices.Repeat([]http.HandlerFunc{step}, count)
}

// hang is a handler that sends nothing until the client disconnects. The server detects that only after the handler has
// read from the body.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// cutOff is a handler that closes the connection before it has sent Content-Length bytes.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = fmt.Fprint(w, `{"title":"half of`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// startCall makes a call in the background. The returned channel receives its error.
func startCall(ctx context.Context, client *Client) <-chan error {
	result := make(chan error, 1)
	go func() {
		_, err := client.Conversation(ctx, conversationID)
		result <- err
	}()
	return result
}

// wantCode fails the test unless err is an *Error with this code.
func wantCode(t *testing.T, err error, code Code) {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("want an *Error with %s, got %v", code, err)
	}
	if failure.Code != code {
		t.Errorf("code: want %s, got %s (%v)", code, failure.Code, failure.cause)
	}
}

// wantElapsed fails the test unless exactly want has passed on a bubble's clock since start.
func wantElapsed(t *testing.T, start time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(start); got != want {
		t.Errorf("elapsed: want %s, got %s", want, got)
	}
}

// withTimeout returns t's context with a timeout, which zero disables.
func withTimeout(t *testing.T, timeout time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	if timeout == 0 {
		return context.WithCancel(t.Context())
	}
	return context.WithTimeout(t.Context(), timeout)
}

// diff compares decoded values, including the values of secrets. The ID derived is equal to all derived IDs.
func diff(want, got any) string {
	isID := func(path cmp.Path) bool { return strings.HasSuffix(path.Last().String(), "ID") }
	return cmp.Diff(want, got,
		cmp.FilterPath(isID, cmp.Comparer(func(a, b string) bool {
			return a == b || a == derived && isDerived(b) || b == derived && isDerived(a)
		})),
		cmp.AllowUnexported(Ref{}, UnknownReference{}, reference{}, messageFields{}, lastMessage{}, FileToken{}, UploadToken{}, redacted{}),
		cmpopts.IgnoreUnexported(TextMessage{}),
		cmp.Comparer(func(a, b Text) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b *Secret) bool {
			return (a == nil) == (b == nil) && (a == nil || a.Reveal() == b.Reveal())
		}))
}

// wantEqual fails the test if diff finds a difference between decoded values.
func wantEqual[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// fixture returns the content of a file in testdata.
func fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// mustReadConversation decodes body as the response to a call of [Client.Conversation].
func mustReadConversation(t *testing.T, body string) *Conversation {
	t.Helper()
	conversation, err := newPipeUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Conversation(t.Context(), conversationID)
	if err != nil {
		t.Fatal(err)
	}
	return conversation
}

// readMessagesBody decodes body as the response to a call of [Client.Messages].
func readMessagesBody(t *testing.T, body string) ([]Message, error) {
	t.Helper()
	return newPipeUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Messages(t.Context(), conversationID)
}

// mustReadMessages is readMessagesBody for a valid body.
func mustReadMessages(t *testing.T, body string) []Message {
	t.Helper()
	messages, err := readMessagesBody(t, body)
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// discardLog hides expected handshake errors.
func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }
