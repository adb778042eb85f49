package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const askViewer = `{ viewer { id } }`

func wantOverloaded(t *testing.T, response gatewaytest.Response) {
	t.Helper()
	wantRejected(t, response, http.StatusServiceUnavailable, "OVERLOADED")
	diff(t, "Retry-After", "1", response.Header.Get("Retry-After"))
}

// A caller without a free slot is rejected while others are served, and everyone is rejected when no slot is free.
func TestOperationsInFlight(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxInFlight: 3, MaxInFlightPerCaller: 2})
	calls := newGate(upstream, everything)
	tokens := sandbox.DemoTokens()
	begin := func(token string) <-chan gatewaytest.Response {
		response := server.Start(server.NewRequest(t, token, askViewer, nil))
		calls.await(t, 1, response)
		return response
	}
	first, second := begin(tokens[0].Token), begin(tokens[0].Token)
	wantOverloaded(t, server.Query(t, tokens[0].Token, askViewer, nil))
	other := begin(tokens[1].Token)
	wantOverloaded(t, server.Query(t, tokens[1].Token, askViewer, nil)) // the caller has a free slot, but the gateway has none
	wantOverloaded(t, server.Query(t, tokens[2].Token, askViewer, nil))
	diff(t, "calls", 3, len(upstream.TakeCalls()))
	calls.open()
	for _, response := range []<-chan gatewaytest.Response{first, second, other} {
		wantErrors(t, <-response)
	}
	for _, token := range tokens {
		wantErrors(t, server.Query(t, token.Token, askViewer, nil))
	}
}

// An operation releases its slot however it ends.
func TestSlotsAreReleased(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxInFlight: 1, MaxInFlightPerCaller: 1})
	calls := newGate(upstream, pathEndsIn("/messages"))
	ctx, hangUp := context.WithCancel(t.Context())
	left := server.Start(server.NewRequest(t, gatewaytest.Token(), `{ conversation(id: "`+shortID+`") { messages { totalCount } } }`, nil).WithContext(ctx))
	calls.await(t, 1, left)
	hangUp()
	<-left
	<-calls.left
	for _, query := range []string{"{", "{ nothing }", "mutation { __typename }", askViewer, "{ node(id: 1) { id } }"} {
		for range 3 {
			if response := ask(t, server, query); response.Status == http.StatusServiceUnavailable {
				t.Errorf("%s: %s", query, response.Body)
			}
		}
	}
	broken := gatewaytest.NewServer(t, nil, gateway.Config{Client: panickingClient(t), MaxInFlight: 1})
	for range 3 {
		wantErrors(t, ask(t, broken, askViewer), "viewer: INTERNAL_SERVER_ERROR")
	}
}

// slowReader is a client that reads nothing of the response until it is released.
type slowReader struct {
	*httptest.ResponseRecorder
	reached, released chan struct{}
}

func (s slowReader) Write(p []byte) (int, error) {
	select {
	case s.reached <- struct{}{}:
	default:
	}
	<-s.released
	return s.ResponseRecorder.Write(p)
}

// A client that reads slowly holds no slot, because the operation has ended.
func TestSlowReadersHoldNoSlot(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{MaxInFlight: 1, MaxInFlightPerCaller: 1})
	reader := slowReader{httptest.NewRecorder(), make(chan struct{}, 1), make(chan struct{})}
	done := make(chan struct{})
	request := server.NewRequest(t, gatewaytest.Token(), askViewer, nil)
	go func() {
		defer close(done)
		server.Gateway.ServeHTTP(reader, request)
	}()
	<-reader.reached
	wantErrors(t, ask(t, server, askViewer))
	close(reader.released)
	<-done
	diff(t, "status", http.StatusOK, reader.Code)
}
