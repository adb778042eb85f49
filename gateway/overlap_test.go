package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// These tests block calls until all expected calls have arrived, which happens only if they are concurrent.

func TestTicketPageStartsItsThreeCallsTogether(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		`{ conversation(id: "` + shortID + `") { messages { totalCount } members { user { id } } } }`,
		`{ conversation(id: "` + shortID + `") { ... on Node { ... on Conversation { ...below } } } } fragment below on Conversation { messages { totalCount } members { user { id } } }`,
	} {
		server, upstream := start(t, gateway.Config{})
		calls := newGate(upstream, everything)
		response := server.Start(server.NewRequest(t, gatewaytest.Token(), query, nil))
		calls.await(t, 3, response)
		calls.open()
		got := <-response
		wantErrors(t, got)
		wantData(t, got, `{"conversation": {"messages": {"totalCount": 4}, "members": [
			{"user": {"id": "dd52f808-c854-5da2-97fd-d8aea097a1df"}}, {"user": {"id": "a24ef35e-d192-53ed-b899-91493320e2f0"}}]}}`)
		diff(t, "calls", conversationCalls(shortID), upstream.TakeCalls())
	}
}

func TestNodeStartsItsThreeCallsTogether(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	calls := newGate(upstream, func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v2/conversations/") })
	response := server.Start(server.NewRequest(t, gatewaytest.Token(),
		`{ nodes(ids: ["`+shortID+`", "`+otherID+`"]) { id ... on Conversation { messages { totalCount } members { user { id } } } } }`, nil))
	calls.await(t, 6, response)
	calls.open()
	wantErrors(t, <-response)
}

// For a missing or forbidden conversation, the errors of prefetched calls are not shown.
func TestUnusedPrefetchIsSilent(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{unknownID: nil, foreignID: {"conversation: FORBIDDEN"}} {
		server, upstream := start(t, gateway.Config{})
		calls := newGate(upstream, everything)
		response := server.Start(server.NewRequest(t, gatewaytest.Token(),
			`{ conversation(id: "`+id+`") { messages { totalCount } members { user { id } } } }`, nil))
		calls.await(t, 3, response)
		calls.open()
		got := <-response
		wantErrors(t, got, want...)
		wantData(t, got, `{"conversation": null}`)
		diff(t, "calls", conversationCalls(id), upstream.TakeCalls())
	}
}

// With the default settings, an inbox of 50 takes two latencies of mStudio, also with a token that nobody has used before.
func TestListStartsAllItsMessageCallsTogether(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	calls := newGate(upstream, pathEndsIn("/messages"))
	response := server.Start(server.NewRequest(t, gatewaytest.Token(), `{ conversations(first: 50) { nodes { messages { totalCount } } } }`, nil))
	calls.await(t, 50, response)
	calls.open()
	wantErrors(t, <-response)
	diff(t, "number of calls", 51, len(upstream.TakeCalls()))
}

func TestFieldsOfOneOperationStartTogether(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	calls := newGate(upstream, everything)
	response := server.Start(server.NewRequest(t, gatewaytest.Token(), `{
		viewer { id } conversations { totalCount } conversationCategories { id } conversation(id: "`+shortID+`") { id }
		conversationPreferences(customerId: "6bf6b084-c8ef-5bb4-a644-37d2fb678280") { customer { id } }
	}`, nil))
	calls.await(t, 5, response)
	calls.open()
	wantErrors(t, <-response)
}

// crowd blocks the calls of conversations until the wanted number is running, and then checks that no more arrive. A
// call leaves before its response is sent, so that it is never counted together with its successor.
type crowd struct {
	wanted int
	full   chan struct{} // closed when the number is reached

	mu         sync.Mutex
	now, worst int
}

func (c *crowd) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.change(1)
		if strings.Contains(r.URL.Path, "/conversations/") {
			select {
			case <-c.full:
			case <-r.Context().Done():
			}
		}
		<-time.After(2 * time.Millisecond) // long enough for further calls to arrive
		c.change(-1)
		next.ServeHTTP(w, r)
	})
}

func (c *crowd) change(by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += by
	if c.worst < c.wanted && c.now >= c.wanted {
		close(c.full)
	}
	c.worst = max(c.worst, c.now)
}

func TestMaxParallelCalls(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 4} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
			seen := &crowd{wanted: limit, full: make(chan struct{})}
			upstream.Intercept(seen.watch)
			server := gatewaytest.NewServer(t, upstream, gateway.Config{MaxParallelCalls: limit})
			wantErrors(t, ask(t, server, `{ conversations(first: 20) { nodes { messages { totalCount } members { user { id } } } } viewer { id } }`))
			diff(t, "most calls at once", limit, seen.worst)
			diff(t, "number of calls", 42, len(upstream.TakeCalls()))
		})
	}
}

func conversationCalls(id string) []string {
	return []string{"GET /v2/conversations/" + id, "GET /v2/conversations/" + id + "/members", "GET /v2/conversations/" + id + "/messages"}
}
