// Package gatewaytest runs a gateway in front of a sandbox for tests: both on real HTTP servers, with every call that
// reaches the sandbox written down.
package gatewaytest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"mstudio-graphql/sandbox"
)

// Upstream is a sandbox that remembers what it was asked, and some of whose answers can be replaced.
type Upstream struct {
	// URL is where it answers.
	URL string

	server *httptest.Server

	mu       sync.Mutex
	answer   http.Handler
	calls    []string
	replaced map[string]http.Handler
}

// NewUpstream starts an upstream that ends with the test.
func NewUpstream(t testing.TB, config sandbox.Config) *Upstream {
	t.Helper()
	u := &Upstream{answer: sandbox.New(config), replaced: map[string]http.Handler{}}
	u.server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	u.URL = u.server.URL
	return u
}

// Close takes the upstream away.
func (u *Upstream) Close() { u.server.Close() }

// ServeHTTP remembers the call and answers it.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.RequestURI()
	u.mu.Lock()
	u.calls = append(u.calls, call+condition(r)+sentText(r))
	handler, found := u.replaced[call]
	if !found {
		handler = u.answer
	}
	u.mu.Unlock()
	handler.ServeHTTP(w, r)
}

// condition tells of a call which event it waits for.
func condition(r *http.Request) string {
	if event := r.Header.Get("If-Event-Reached"); event != "" {
		return " after " + event
	}
	return ""
}

// sentText tells of a call what JSON it sends, on the same line.
func sentText(r *http.Request) string {
	if r.Header.Get("Content-Type") != "application/json" {
		return ""
	}
	text, _ := io.ReadAll(r.Body) //nolint:forbidigo // of our own client, in a test
	r.Body = io.NopCloser(bytes.NewReader(text))
	return " " + string(text)
}

// Replace answers one call, such as "GET /v2/conversations?limit=20", with a handler instead of the sandbox.
func (u *Upstream) Replace(call string, handler http.Handler) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.replaced[call] = handler
}

// Intercept puts a handler in front of everything that is not replaced, for example one that makes calls wait.
func (u *Upstream) Intercept(wrap func(next http.Handler) http.Handler) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = wrap(u.answer)
}

// TakeCalls returns what was asked since the last time, sorted, because calls run at the same time. What was sent and
// which event was waited for stand behind the call.
func (u *Upstream) TakeCalls() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := slices.Sorted(slices.Values(u.calls))
	u.calls = nil
	return calls
}
