package gateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// hashed returns the extension that Apollo's clients send.
func hashed(hash string) string {
	return `{"persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`
}

// byHash sends only the hash of a query.
func byHash(t *testing.T, server *gatewaytest.Server, query, variables string) gatewaytest.Response {
	t.Helper()
	return call{body: `{"variables": ` + variables + `, "extensions": ` + hashed(hashOf(query)) + `}`}.send(t, server)
}

// withHash sends a query with its hash, which registers it.
func withHash(t *testing.T, server *gatewaytest.Server, query, variables string) gatewaytest.Response {
	t.Helper()
	text, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	return call{body: `{"query": ` + string(text) + `, "variables": ` + variables + `, "extensions": ` + hashed(hashOf(query)) + `}`}.send(t, server)
}

// After a query was sent with its hash, the hash is sufficient, by POST and by GET.
func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const query, variables, want = `query($id: ID!) { conversation(id: $id) { shortId } }`, `{"id": "` + shortID + `"}`, `{"conversation": {"shortId": "c-r0162e"}}`
	unknown := byHash(t, server, query, variables)
	wantRejected(t, unknown, http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	diff(t, "message", "PersistedQueryNotFound", checkErrors(t, unknown)[0].Message)
	diff(t, "calls for an unknown hash", 0, len(upstream.TakeCalls()))
	strict := call{body: `{"extensions": ` + hashed(hashOf(query)) + `}`, header: http.Header{"Accept": {"application/graphql-response+json"}}}.send(t, server)
	wantRejected(t, strict, http.StatusBadRequest, "PERSISTED_QUERY_NOT_FOUND")
	for name, response := range map[string]gatewaytest.Response{"registered": withHash(t, server, query, variables), "by hash": byHash(t, server, query, variables)} {
		wantErrors(t, response)
		wantData(t, response, want)
		diff(t, name, http.StatusOK, response.Status)
	}
	path := "/graphql?" + url.Values{"variables": {variables}, "extensions": {hashed(hashOf(query))}}.Encode()
	response := call{method: http.MethodGet, path: path}.send(t, server)
	wantErrors(t, response)
	wantData(t, response, want)
	diff(t, "calls", 3, len(upstream.TakeCalls()))
	other := server.Query(t, "nobody's", query, map[string]any{"id": shortID})
	wantErrors(t, other, "conversation: UNAUTHENTICATED") // only the text is stored, not the caller's token
}

// A hash may have the prefix of the draft of GraphQL over HTTP, and digits of either case, whether it registers a query or
// requests one.
func TestPersistedQueries_FormsOfHash(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	wantErrors(t, ask(t, server, "{ viewer { id } }"))
	for i, registered := range formsOfHash {
		query := fmt.Sprintf("{ a%d: __typename }", i)
		request := call{body: `{"query": "` + query + `", "extensions": ` + hashed(registered(hashOf(query))) + `}`}
		wantErrors(t, request.send(t, server))
		for _, requested := range formsOfHash {
			wantErrors(t, call{body: `{"extensions": ` + hashed(requested(hashOf(query))) + `}`}.send(t, server))
			wantErrors(t, call{body: `{"documentId": "` + requested(hashOf(query)) + `"}`}.send(t, server))
		}
	}
}

// formsOfHash are the forms in which build tools and clients write a hash.
var formsOfHash = []func(hash string) string{
	func(hash string) string { return hash },
	strings.ToUpper,
	func(hash string) string { return "sha256:" + hash },
	func(hash string) string { return "sha256:" + strings.ToUpper(hash) },
	func(hash string) string { return "SHA256:" + hash },
}

// Only valid queries are stored, so that clients cannot fill the store with arbitrary text.
func TestPersistedQueries_OnlyValid(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, query := range []string{
		"{", "{ nothing }", "{ viewer { id } " + strings.Repeat(" ", 64<<10) + "}", "{" + strings.Repeat("viewer{id}", 51) + "}",
		"{ viewer { ...F } } fragment F on User { ...F }", "fragment F on User { id }", "{ conversation(id: 1) { id } } fragment F on User { id }",
	} {
		if len(checkErrors(t, withHash(t, server, query, "{}"))) == 0 {
			t.Errorf("accepted: %.50s", query)
		}
		wantRejected(t, byHash(t, server, query, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A query cannot be registered under the hash of another one.
func TestPersistedQueries_HashMustMatch(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const victims = `{ viewer { name } }`
	for _, hash := range []string{hashOf(victims), "sha256:" + strings.ToUpper(hashOf(victims)), "md5:" + hashOf(`{ viewer { id } }`), "x", "sha256:", strings.Repeat("0", 64)} {
		response := call{body: `{"query": "{ viewer { id } }", "extensions": ` + hashed(hash) + `}`}.send(t, server)
		wantRejected(t, response, http.StatusOK, "BAD_USER_INPUT")
		unknown := call{body: `{"extensions": ` + hashed(hash) + `}`}.send(t, server)
		wantRejected(t, unknown, http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	for extension, want := range map[string]string{
		`{"persistedQuery": {"version": 2, "sha256Hash": "` + hashOf(victims) + `"}}`:   "BAD_USER_INPUT",
		`{"persistedQuery": {"version": "1", "sha256Hash": "` + hashOf(victims) + `"}}`: "BAD_USER_INPUT",
		`{"persistedQuery": {"version": 1}}`:                                            "BAD_USER_INPUT",
		`{"persistedQuery": {"version": 1, "sha256Hash": 5}}`:                           "BAD_USER_INPUT",
		`{"persistedQuery": 5}`: "BAD_USER_INPUT",
	} {
		response := call{body: `{"extensions": ` + extension + `}`}.send(t, server)
		if code := checkErrors(t, response)[0].code(); code != want {
			t.Errorf("%s: %s", extension, code)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A request by hash needs a token like any other.
func TestPersistedQueries_RequireToken(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	const query = `{ viewer { id } }`
	wantErrors(t, withHash(t, server, query, "{}"))
	path := "/graphql?" + url.Values{"extensions": {hashed(hashOf(query))}}.Encode()
	wantErrors(t, call{method: http.MethodGet, path: path}.send(t, server))
	wantRejected(t, call{method: http.MethodGet, path: path, header: http.Header{"Authorization": nil}}.send(t, server), http.StatusUnauthorized, "UNAUTHENTICATED")
}

func TestPersistedQueries_Disabled(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{PersistedQueries: -1})
	wantErrors(t, withHash(t, server, `{ __typename }`, "{}"))
	response := byHash(t, server, `{ __typename }`, "{}")
	wantRejected(t, response, http.StatusOK, "PERSISTED_QUERY_NOT_SUPPORTED")
	diff(t, "message", "PersistedQueryNotSupported", checkErrors(t, response)[0].Message)
}

// The memory of persisted queries is bounded. The least recently used ones are evicted first.
func TestPersistedQueries_Bounded(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{PersistedQueries: 10 << 10})
	numberedQuery := func(i int) string { return fmt.Sprintf(`query Q%d { __typename }%s`, i, strings.Repeat(" ", 800)) }
	const count = 30
	wantErrors(t, ask(t, server, "{ viewer { id } }"))
	for i := range count {
		wantErrors(t, withHash(t, server, numberedQuery(i), "{}"))
		wantErrors(t, byHash(t, server, numberedQuery(0), "{}"))
	}
	found := 0
	for i := range count {
		if len(checkErrors(t, byHash(t, server, numberedQuery(i), "{}"))) == 0 {
			found++
		}
	}
	diff(t, "stored", 10, found) // each takes 1 KiB; the first one is among them
}

// Documents are stored only for callers whose token mStudio has accepted, in this request or an earlier one. Others cannot
// evict them, or take memory.
//
//nolint:paralleltest // it measures the memory of the process
func TestStores_OnlyForAcceptedTokens(t *testing.T) {
	server, _ := start(t, gateway.Config{PersistedQueries: 100 << 10})
	const registered, withoutCalls = `{ viewer { name } }`, `{ __typename }`
	wantErrors(t, withHash(t, server, withoutCalls, "{}"))
	wantRejected(t, byHash(t, server, withoutCalls, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	for _, query := range []string{registered, withoutCalls} {
		wantErrors(t, withHash(t, server, query, "{}"))
		wantErrors(t, byHash(t, server, query, "{}"))
	}
	stranger := http.Header{"Authorization": {"Bearer nobody's"}}
	before := heap()
	const count = 200
	for i := range count {
		query := fmt.Sprintf("query Q%d { __typename %s}", i, strings.Repeat("... { __typename } ", 200))
		body := `{"query": "` + query + `", "extensions": ` + hashed(hashOf(query)) + `}`
		diff(t, "status", http.StatusOK, call{header: stranger, body: body}.send(t, server).Status)
		wantRejected(t, byHash(t, server, query, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	if grown := int64(heap()) - int64(before); grown > count*2000 {
		t.Errorf("%d bytes are kept", grown)
	}
	for _, query := range []string{registered, withoutCalls} {
		wantErrors(t, byHash(t, server, query, "{}"))
	}
	runtime.KeepAlive(server)
}
