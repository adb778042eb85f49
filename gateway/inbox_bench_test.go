package gateway_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// BenchmarkInbox runs the inbox query with cached responses of mStudio, so that a profile shows the gateway. Module
// bench measures it as a separate process.
func BenchmarkInbox(b *testing.B) {
	for name, off := range map[string]bool{"renderer": false, "executor": true} {
		b.Run(name, func(b *testing.B) {
			upstream := gatewaytest.NewUpstream(b, sandbox.Config{})
			benchmarkInbox(b, gatewaytest.NewServer(b, upstream, gateway.Config{NoRenderer: off}), upstream)
		})
	}
	b.Run("renderer with metrics", func(b *testing.B) {
		server, upstream, _ := counted(b, gateway.Config{})
		benchmarkInbox(b, server, upstream)
	})
}

func benchmarkInbox(b *testing.B, server *gatewaytest.Server, upstream *gatewaytest.Upstream) {
	b.Helper()
	upstream.Intercept(remember)
	for b.Loop() {
		response := server.Query(b, gatewaytest.Token(), inboxQuery, nil)
		b.SetBytes(int64(len(response.Body)))
	}
}

const inboxQuery = `{ conversations(first: 50) { totalCount nodes {
  id shortId title status createdAt
  relatedTo { __typename ... on Reference { id domain aggregate } }
  lastMessage { createdAt createdBy { name isEmployee } }
  category { id name }
  messages { totalCount nodes {
    __typename
    ... on MessageItem { id createdAt isInternal }
    ... on TextMessage { content createdBy { id name isEmployee } files { __typename id state } }
    ... on StatusUpdate { code }
    ... on ServiceRequest { kind }
  } }
} } }`

// remember caches the response to each call.
func remember(next http.Handler) http.Handler {
	var remembered sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.Method + " " + r.URL.RequestURI()
		response, ok := remembered.Load(call)
		if !ok {
			recorder := httptest.NewRecorder()
			next.ServeHTTP(recorder, r)
			response, _ = remembered.LoadOrStore(call, recorder)
		}
		recorder, _ := response.(*httptest.ResponseRecorder)
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}
