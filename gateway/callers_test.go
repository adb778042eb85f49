package gateway_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// callers records calls by their token.
type callers struct {
	mu    sync.Mutex
	calls map[string][]string // by token
}

func (c *callers) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		token := r.Header.Get("X-Access-Token")
		c.calls[token] = append(c.calls[token], r.Method+" "+r.URL.RequestURI())
		c.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (c *callers) of(token string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(slices.Values(c.calls[token]))
}

// Concurrent callers that read the same conversation share only the categories: each response comes from calls with
// their own token.
func TestCallersShareNothingButCategories(t *testing.T) {
	t.Parallel()
	seen := &callers{calls: map[string][]string{}}
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	upstream.Intercept(seen.watch)
	calls := newGate(upstream, everything)
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	query := `{
		viewer { name } conversationCategories { id }
		conversation(id: "` + sharedID + `") { shortId messages { totalCount } members { user { id } } }
		conversations(first: 1) { totalCount }
	}`
	tokens := sandbox.DemoTokens()
	agency := server.Start(server.NewRequest(t, tokens[0].Token, query, nil))
	bakery := server.Start(server.NewRequest(t, tokens[1].Token, query, nil))
	freelancer := server.Start(server.NewRequest(t, tokens[2].Token, query, nil))
	calls.await(t, 1+3*5, agency)
	calls.open()
	wantErrors(t, <-agency)
	wantErrors(t, <-bakery)
	wantErrors(t, <-freelancer, "conversation: FORBIDDEN")
	for _, token := range tokens {
		diff(t, token.Name, append(conversationCalls(sharedID),
			"GET /v2/conversations?limit=1&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId",
			"GET /v2/users/self"), seen.of(token.Token))
	}
	diff(t, "calls without a token", []string{"GET /v2/conversation-categories"}, seen.of(""))
}

// Operations share no data, even of the same caller.
func TestOperationsShareNothingButCategories(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for range 2 {
		wantErrors(t, ask(t, server, `{ conversation(id: "`+shortID+`") { messages { totalCount } members { user { id } } } }`))
		diff(t, "calls", conversationCalls(shortID), upstream.TakeCalls())
	}
}

// Of the client's headers, only the token and the request ID are forwarded to mStudio.
func TestClientHeadersAreNotForwarded(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	headers := make(chan http.Header, 1)
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			headers <- r.Header.Clone()
			next.ServeHTTP(w, r)
		})
	})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	request := server.NewRequest(t, gatewaytest.Token(), `{ viewer { id } }`, nil)
	for _, name := range []string{"Cookie", "X-Forwarded-For", "If-Event-Reached", "Traceparent", "Origin", "Referer"} {
		request.Header.Set(name, "canary")
	}
	request.Header.Set("X-Request-ID", "from-the-proxy")
	wantErrors(t, server.Do(t, request))
	diff(t, "headers", http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"mstudio-graphql"},
		"X-Access-Token": {gatewaytest.Token()}, "X-Request-Id": {"from-the-proxy"},
	}, <-headers)
}

const askCategories = `{ conversationCategories { id } }`

func categoryCalls(upstream *gatewaytest.Upstream) int {
	return countCalls(upstream.TakeCalls(), "/conversation-categories")
}

func TestCategoriesAreCached(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, token := range sandbox.DemoTokens() {
		wantErrors(t, server.Query(t, token.Token, askCategories, nil))
	}
	diff(t, "calls", 1, categoryCalls(upstream))
}

func TestCategoriesAreNotCachedIfDisabled(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{KeepCategories: -1})
	for range 3 {
		wantErrors(t, ask(t, server, `{ conversationCategories { id } again: conversationCategories { name } }`))
	}
	diff(t, "calls", 3, categoryCalls(upstream))
}

func TestFailedCategoriesAreNotCached(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	var once sync.Once
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			response := next
			once.Do(func() {
				response = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
			})
			response.ServeHTTP(w, r)
		})
	})
	wantErrors(t, ask(t, server, askCategories), "conversationCategories: UPSTREAM_UNAVAILABLE")
	wantErrors(t, ask(t, server, askCategories))
	diff(t, "calls", 2, categoryCalls(upstream))
}

// If the caller that started the fetch disconnects, callers that wait for it still get the categories.
func TestCategoriesSurviveADisconnectedCaller(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	calls := newGate(upstream, everything)
	ctx, hangUp := context.WithCancel(t.Context())
	first := server.Start(server.NewRequest(t, gatewaytest.Token(), askCategories, nil).WithContext(ctx))
	calls.await(t, 1, first)
	second := server.Start(server.NewRequest(t, gatewaytest.Token(), `{ conversationCategories { id } viewer { id } }`, nil))
	calls.await(t, 1, second) // the second caller's own call
	hangUp()
	<-first
	calls.open()
	wantErrors(t, <-second)
	diff(t, "calls", 1, categoryCalls(upstream))
}
