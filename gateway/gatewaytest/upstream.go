// Package gatewaytest runs a gateway and a sandbox on real HTTP servers for tests, and records the calls to the sandbox.
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

// Upstream is a sandbox that records calls. Tests can replace its responses.
type Upstream struct {
	// URL is its address.
	URL string

	server *httptest.Server

	mu       sync.Mutex
	answer   http.Handler
	calls    []string
	replaced map[string]http.Handler
}

// NewUpstream starts an upstream. It stops at the end of the test.
func NewUpstream(t testing.TB, config sandbox.Config) *Upstream {
	t.Helper()
	u := &Upstream{answer: sandbox.New(config), replaced: map[string]http.Handler{}}
	u.server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	u.URL = u.server.URL
	return u
}

// Close stops the upstream.
func (u *Upstream) Close() { u.server.Close() }

// ServeHTTP records the call and handles it.
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

// condition returns the event that a call waits for.
func condition(r *http.Request) string {
	if event := r.Header.Get("If-Event-Reached"); event != "" {
		return " after " + event
	}
	return ""
}

// sentText returns the JSON that a call sends.
func sentText(r *http.Request) string {
	if r.Header.Get("Content-Type") != "application/json" {
		return ""
	}
	text, _ := io.ReadAll(r.Body) //nolint:forbidigo // our own client, in a test
	r.Body = io.NopCloser(bytes.NewReader(text))
	return " " + string(text)
}

// Replace handles one call, such as "GET /v2/conversations?limit=20", with handler instead of the sandbox.
func (u *Upstream) Replace(call string, handler http.Handler) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.replaced[call] = handler
}

// Intercept wraps the handler of calls that are not replaced, for example to delay them.
func (u *Upstream) Intercept(wrap func(next http.Handler) http.Handler) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = wrap(u.answer)
}

// TakeCalls returns the calls since the last TakeCalls, sorted, because calls are concurrent. The event that a call waits for
// and the JSON that it sends follow the call.
func (u *Upstream) TakeCalls() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := slices.Sorted(slices.Values(u.calls))
	u.calls = nil
	return calls
}
