package gateway_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

func TestBudgetExceeded_PartialResult(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxCalls: 10})
	response := ask(t, server, `{ conversations(first: 50) { totalCount nodes { messages { totalCount } } } }`)
	errs := checkErrors(t, response)
	diff(t, "errors", 41, len(errs))
	for _, err := range errs {
		diff(t, err.path(), "UPSTREAM_BUDGET_EXCEEDED", err.code())
	}
	list := decode[struct {
		Data struct {
			Conversations struct {
				TotalCount int
				Nodes      []struct{ Messages *struct{ TotalCount int } }
			}
		}
	}](t, response.Body).Data.Conversations
	var answered int
	for _, node := range list.Nodes {
		if node.Messages != nil {
			answered++
		}
	}
	diff(t, "conversations, their messages, all there are", []int{50, 9, 500}, []int{len(list.Nodes), answered, list.TotalCount})
	diff(t, "calls", 10, len(upstream.TakeCalls()))
}

// Each operation has its own budget.
func TestBudgetIsNotSharedByOperations(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{MaxCalls: 1})
	for range 3 {
		wantErrors(t, ask(t, server, `{ viewer { id } }`))
	}
}

func TestRetriesDoNotCountAsCalls(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxCalls: 1})
	upstream.Replace("GET /v2/users/self", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	wantErrors(t, ask(t, server, `{ viewer { id } }`), "viewer: UPSTREAM_UNAVAILABLE")
	diff(t, "attempts", 3, len(upstream.TakeCalls()))
}

// A call that never ends fails its field and is canceled.
func TestOperationTimeout(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{OperationTimeout: 2 * time.Second})
	calls := newGate(upstream, pathEndsIn(shortID+"/messages"))
	response := ask(t, server, `{
		viewer { name }
		conversation(id: "`+shortID+`") { shortId messages { totalCount } }
		other: conversation(id: "`+otherID+`") { shortId messages { totalCount } }
	}`)
	wantErrors(t, response, "conversation.messages: TIMEOUT")
	wantData(t, response, `{
		"viewer": {"name": "Jana Petersen"},
		"conversation": {"shortId": "c-r0162e", "messages": null},
		"other": {"shortId": "c-vqj5zh", "messages": {"totalCount": 6}}}`)
	diff(t, "call that was given up", "/v2/conversations/"+shortID+"/messages", <-calls.left)
	diff(t, "attempts", 1, countCalls(upstream.TakeCalls(), shortID+"/messages"))
}

// Calls that wait for a free slot at the timeout are never made.
func TestOperationTimeoutEndsTheQueue(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{OperationTimeout: 500 * time.Millisecond, MaxParallelCalls: 2})
	calls := newGate(upstream, everything)
	response := ask(t, server, `{
		a: conversation(id: "`+shortID+`") { id } b: conversation(id: "`+otherID+`") { id }
		c: conversation(id: "`+sharedID+`") { id } d: viewer { id }
	}`)
	wantErrors(t, response, "a: TIMEOUT", "b: TIMEOUT", "c: TIMEOUT", "d: TIMEOUT")
	<-calls.left
	<-calls.left
	diff(t, "calls", 2, len(upstream.TakeCalls()))
}

// If the caller disconnects, the gateway cancels the calls and logs the request. TestMain checks for goroutine leaks.
func TestCallerDisconnects(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, upstream := start(t, gateway.Config{Log: book.logger()})
	calls := newGate(upstream, pathEndsIn("/messages"))
	ctx, hangUp := context.WithCancel(t.Context())
	request := server.NewRequest(t, gatewaytest.Token(), `{ conversations(first: 5) { nodes { messages { totalCount } } } }`, nil)
	response := server.Start(request.WithContext(ctx))
	calls.await(t, 5, response)
	hangUp()
	if got, answered := <-response; answered {
		t.Errorf("answered: %s", got.Body)
	}
	for range 5 {
		if path := <-calls.left; !strings.HasSuffix(path, "/messages") {
			t.Errorf("gave up %s", path)
		}
	}
	server.Close()
	records := book.records(t, "request")
	diff(t, "log records", 1, len(records))
	diff(t, "calls that were counted", 6.0, records[0]["upstreamCalls"].(float64))
	diff(t, "internal errors", nil, book.records(t, "internal error"))
}

func countCalls(calls []string, suffix string) int {
	return len(slices.DeleteFunc(calls, func(call string) bool { return !strings.HasSuffix(call, suffix) }))
}
