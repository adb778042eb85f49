package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/sandbox"
)

// replicas starts gateways that share a server and an upstream.
func replicas(t *testing.T, count int) ([]*gatewaytest.Server, *gatewaytest.Upstream, *sharedstatetest.Pipe) {
	t.Helper()
	return replicasOf(t, sandbox.Config{}, make([]gateway.Config, count)...)
}

// replicasOf starts replicas with settings.
func replicasOf(t *testing.T, of sandbox.Config, configs ...gateway.Config) ([]*gatewaytest.Server, *gatewaytest.Upstream, *sharedstatetest.Pipe) {
	t.Helper()
	upstream, pipe := gatewaytest.NewUpstream(t, of), sharedstatetest.NewPipe(t)
	var started []*gatewaytest.Server
	for _, config := range configs {
		store := gatewaytest.NewStore(t, sharedstate.Config{URL: pipe.URL(), Dial: pipe.Dial})
		gatewaytest.AwaitStore(t, store)
		started = append(started, gatewaytest.NewReplica(t, upstream, config, store, "key"))
	}
	return started, upstream, pipe
}

// eventually waits until check returns true.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	deadline, tick := time.NewTimer(10*time.Second), time.NewTicker(time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !check() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not in time: %s", what)
		}
	}
}

// persistedGet requests a query by its hash in the URL.
func persistedGet(query, variables string) call {
	return call{method: http.MethodGet, path: "/graphql?" + url.Values{"variables": {variables}, "extensions": {hashed(hashOf(query))}}.Encode()}
}

// A query that was registered on one replica is found on the others, also by GET.
func TestReplicas_PersistedQueries(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 3)
	const query, variables, want = `query($id: ID!) { conversation(id: $id) { shortId } }`, `{"id": "` + shortID + `"}`, `{"conversation": {"shortId": "c-r0162e"}}`
	wantErrors(t, withHash(t, servers[0], query, variables))
	eventually(t, "the query is shared", func() bool { return pipe.Redis.HGet("mg1:q", hashOf(query)) != "" })
	upstream.TakeCalls()
	asked := pipe.Commands("HSTRLEN")
	for _, response := range []gatewaytest.Response{
		byHash(t, servers[0], query, variables),                                        // without the store
		byHash(t, servers[1], query, variables),                                        // from the store
		byHash(t, servers[1], query, variables),                                        // without
		persistedGet(query, variables).send(t, servers[2]),                             // from the store
		persistedGet(query, variables).send(t, servers[2]),                             // without
		withHash(t, servers[2], query, variables),                                      // without
		servers[1].Query(t, gatewaytest.Token(), query, map[string]any{"id": shortID}), // without
	} {
		wantErrors(t, response)
		wantData(t, response, want)
	}
	diff(t, "calls", 7, len(upstream.TakeCalls()))
	diff(t, "reads of the store", asked+2, pipe.Commands("HSTRLEN"))
}

// Texts with strings stay on their replica, because a person may have written them.
func TestReplicas_TextsWithStrings(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 2)
	const public = "{ viewer { id } }"
	for _, private := range []string{`{ conversation(id: "` + shortID + `") { shortId } }`, "{ viewer { name } } # Jana"} {
		wantErrors(t, withHash(t, servers[0], private, "{}"))
		wantErrors(t, withHash(t, servers[0], public, "{}"))
		eventually(t, "the other query is shared", func() bool { return pipe.Redis.HGet("mg1:q", hashOf(public)) != "" })
		upstream.TakeCalls()
		wantRejected(t, byHash(t, servers[1], private, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
		diff(t, "calls", 0, len(upstream.TakeCalls()))
		wantErrors(t, byHash(t, servers[0], private, "{}"))
		diff(t, "shared", false, pipe.Redis.HGet("mg1:q", hashOf(private)) != "")
	}
}

// Nobody can make a replica execute another query by changing the shared texts.
func TestReplicas_PoisonedTexts(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 1)
	const query = `{ viewer { id } }`
	tooDeep := "{" + strings.Repeat("viewer{id}", 51) + "}"
	for _, other := range []string{`{ viewer { name } }`, query + " ", ""} {
		pipe.Redis.HSet("mg1:q", hashOf(query), other)
		wantRejected(t, byHash(t, servers[0], query, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	for _, text := range []string{tooDeep, "{ nothing }", "{"} { // with the right hash
		pipe.Redis.HSet("mg1:q", hashOf(text), text)
		diff(t, "response", string(ask(t, servers[0], text).Body), string(byHash(t, servers[0], text, "{}").Body))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	pipe.Redis.HSet("mg1:q", hashOf(query), query)
	wantErrors(t, byHash(t, servers[0], query, "{}"))
}

// Callers whose token mStudio rejects share nothing.
func TestReplicas_RejectedTokens(t *testing.T) {
	t.Parallel()
	servers, _, pipe := replicas(t, 1)
	const rejected, accepted = `query A { viewer { id } }`, `query B { viewer { id } }`
	stranger := http.Header{"Authorization": {"Bearer nobody's"}}
	body := `{"query": "` + rejected + `", "extensions": ` + hashed(hashOf(rejected)) + `}`
	wantErrors(t, call{header: stranger, body: body}.send(t, servers[0]), "viewer: UNAUTHENTICATED")
	wantErrors(t, withHash(t, servers[0], accepted, "{}"))
	eventually(t, "the accepted caller's query is shared", func() bool { return pipe.Redis.HGet("mg1:q", hashOf(accepted)) != "" })
	diff(t, "shared", false, pipe.Redis.HGet("mg1:q", hashOf(rejected)) != "")
}
