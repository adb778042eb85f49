package faults_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// All operations survive a restart of mStudio, also behind a proxy that then responds with 503, and a loss of all
// connections: an inbox whose calls are in flight when it begins, and lookups that begin meanwhile. No read is more than
// three requests. The longest restart is in the tests of package rest, which have virtual time.
func TestRestartCostsNoResponse(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{http1, http2} { // one after the other, because attempts have a timeout in real time
		testRestart(t, protocol, 0, false)
		testRestart(t, protocol, 500*time.Millisecond, false)
		testRestart(t, protocol, 500*time.Millisecond, true)
	}
}

func testRestart(t *testing.T, protocol string, down time.Duration, proxied bool) {
	t.Helper()
	const inbox, lookup = `{ conversations(first: 50) { nodes { title messages { totalCount } } } }`, `{ viewer { name } }`
	count := &counter{next: gatewaytest.Tenants(sandbox.New(sandbox.Config{})), requests: map[string]int{}}
	u := &upstream{healthy: count, meets: func(*http.Request) bool { return false }}
	if err := u.start(protocol); err != nil {
		t.Error(err)
		return
	}
	defer func() { u.close() }()
	server, err := newShipped(u.url)
	if err != nil {
		t.Error(err)
		return
	}
	defer server.close()
	calmInbox, calmLookup := server.ask(t.Context(), struck, inbox), server.ask(t.Context(), spared, lookup)
	histories := count.reset()

	var running sync.WaitGroup
	check := func(tenant gatewaytest.Tenant, query, want string) {
		running.Go(func() {
			start := time.Now()
			if got := server.ask(t.Context(), tenant, query); got != want {
				t.Errorf("HTTP %s, %v, proxy %t: after %v: want %s, got %s", protocol, down, proxied, time.Since(start), want, got)
			}
		})
	}
	check(struck, inbox, calmInbox)
	poll(time.Second, func() bool { return count.histories() >= histories/2 })
	if proxied {
		count.down.Store(true)
	} else {
		u.close()
	}
	lookups := 0
	for end := time.Now().Add(down); lookups == 0 || time.Now().Before(end); lookups++ {
		check(spared, lookup, calmLookup)
		<-time.After(min(down, 50*time.Millisecond))
	}
	count.down.Store(false)
	if !proxied {
		u = &upstream{healthy: count, meets: u.meets, address: u.address}
		if err := u.start(protocol); err != nil {
			t.Error(err)
		}
	}
	running.Wait()
	for path, requests := range count.requests {
		if !strings.HasSuffix(path, "/users/self") && requests > 3 || requests > 3*lookups {
			t.Errorf("HTTP %s, %v: %d requests of %s", protocol, down, requests, path)
		}
	}
}

// counter counts requests. Histories take a while.
type counter struct {
	next http.Handler
	down atomic.Bool // responds with 503

	mu       sync.Mutex
	requests map[string]int // by path
	messages int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.requests[r.URL.Path]++
	isHistory := strings.HasSuffix(r.URL.Path, "/messages")
	if isHistory {
		c.messages++
	}
	c.mu.Unlock()
	if isHistory {
		<-time.After(50 * time.Millisecond) // as long as a call takes
	}
	if c.down.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c.next.ServeHTTP(w, r)
}

func (c *counter) histories() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.messages
}

// reset starts at zero and returns the number of histories.
func (c *counter) reset() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	histories := c.messages
	clear(c.requests)
	c.messages = 0
	return histories
}
