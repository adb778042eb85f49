package gateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// hashed is the extension that Apollo's clients send.
func hashed(hash string) string {
	return `{"persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`
}

// byHash asks with a hash alone.
func byHash(t *testing.T, door *gatewaytest.Door, query, variables string) gatewaytest.Answer {
	t.Helper()
	return call{body: `{"variables": ` + variables + `, "extensions": ` + hashed(hashOf(query)) + `}`}.send(t, door)
}

// withHash sends a query along with its hash, for the next time.
func withHash(t *testing.T, door *gatewaytest.Door, query, variables string) gatewaytest.Answer {
	t.Helper()
	text, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	return call{body: `{"query": ` + string(text) + `, "variables": ` + variables + `, "extensions": ` + hashed(hashOf(query)) + `}`}.send(t, door)
}

// A query is sent once, and then its hash alone, by POST and by GET.
func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	door, upstream := start(t, gateway.Config{})
	const query, variables, want = `query($id: ID!) { conversation(id: $id) { shortId } }`, `{"id": "` + shortID + `"}`, `{"conversation": {"shortId": "c-r0162e"}}`
	unknown := byHash(t, door, query, variables)
	wantRefusal(t, unknown, http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	diff(t, "message", "PersistedQueryNotFound", checkErrors(t, unknown)[0].Message)
	diff(t, "calls of a hash that is not known", 0, len(upstream.TakeCalls()))
	strict := call{body: `{"extensions": ` + hashed(hashOf(query)) + `}`, header: http.Header{"Accept": {"application/graphql-response+json"}}}.send(t, door)
	wantRefusal(t, strict, http.StatusBadRequest, "PERSISTED_QUERY_NOT_FOUND")
	for name, answer := range map[string]gatewaytest.Answer{"registered": withHash(t, door, query, variables), "by hash": byHash(t, door, query, variables)} {
		wantErrors(t, answer)
		wantData(t, answer, want)
		diff(t, name, http.StatusOK, answer.Status)
	}
	path := "/graphql?" + url.Values{"variables": {variables}, "extensions": {hashed(hashOf(query))}}.Encode()
	answer := call{method: http.MethodGet, path: path}.send(t, door)
	wantErrors(t, answer)
	wantData(t, answer, want)
	diff(t, "calls", 3, len(upstream.TakeCalls()))
	other := door.Query(t, "nobody's", query, map[string]any{"id": shortID})
	wantErrors(t, other, "conversation: UNAUTHENTICATED") // what is kept is the text, and nobody's rights
}

// What is kept has been found to be valid before, so that nobody can fill the store with anything else.
func TestOnlyValidQueriesArePersisted(t *testing.T) {
	t.Parallel()
	door, upstream := start(t, gateway.Config{})
	for _, query := range []string{
		"{", "{ nothing }", "{ viewer { id } " + strings.Repeat(" ", 16<<10) + "}", "{" + strings.Repeat("viewer{id}", 21) + "}",
		"{ viewer { ...F } } fragment F on User { ...F }", "fragment F on User { id }", "{ conversation(id: 1) { id } } fragment F on User { id }",
	} {
		if len(checkErrors(t, withHash(t, door, query, "{}"))) == 0 {
			t.Errorf("accepted: %.50s", query)
		}
		wantRefusal(t, byHash(t, door, query, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Nobody can register a query under the hash of another one.
func TestHashMustBelongToTheQuery(t *testing.T) {
	t.Parallel()
	door, upstream := start(t, gateway.Config{})
	const victims = `{ viewer { name } }`
	for _, hash := range []string{hashOf(victims), strings.ToUpper(hashOf(`{ viewer { id } }`)), "x", strings.Repeat("0", 64)} {
		answer := call{body: `{"query": "{ viewer { id } }", "extensions": ` + hashed(hash) + `}`}.send(t, door)
		wantRefusal(t, answer, http.StatusOK, "BAD_USER_INPUT")
		gone := call{body: `{"extensions": ` + hashed(hash) + `}`}.send(t, door)
		wantRefusal(t, gone, http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	for extension, want := range map[string]string{
		`{"persistedQuery": {"version": 2, "sha256Hash": "` + hashOf(victims) + `"}}`:   "BAD_USER_INPUT",
		`{"persistedQuery": {"version": "1", "sha256Hash": "` + hashOf(victims) + `"}}`: "BAD_USER_INPUT",
		`{"persistedQuery": {"version": 1}}`:                                            "BAD_USER_INPUT",
		`{"persistedQuery": {"version": 1, "sha256Hash": 5}}`:                           "BAD_USER_INPUT",
		`{"persistedQuery": 5}`: "BAD_USER_INPUT",
	} {
		answer := call{body: `{"extensions": ` + extension + `}`}.send(t, door)
		if code := checkErrors(t, answer)[0].code(); code != want {
			t.Errorf("%s: %s", extension, code)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A mutation is not executed by GET, not by its hash either, and a hash without a token is nothing.
func TestHashesOpenNoBackDoor(t *testing.T) {
	t.Parallel()
	door, _ := start(t, gateway.Config{})
	const query = `{ __typename }`
	wantErrors(t, withHash(t, door, query, "{}"))
	path := "/graphql?" + url.Values{"extensions": {hashed(hashOf(query))}}.Encode()
	wantErrors(t, call{method: http.MethodGet, path: path}.send(t, door))
	wantRefusal(t, call{method: http.MethodGet, path: path, header: http.Header{"Authorization": nil}}.send(t, door), http.StatusUnauthorized, "UNAUTHENTICATED")
}

func TestPersistedQueriesTurnedOff(t *testing.T) {
	t.Parallel()
	door, _ := start(t, gateway.Config{PersistedQueries: -1})
	wantErrors(t, withHash(t, door, `{ __typename }`, "{}"))
	answer := byHash(t, door, `{ __typename }`, "{}")
	wantRefusal(t, answer, http.StatusOK, "PERSISTED_QUERY_NOT_SUPPORTED")
	diff(t, "message", "PersistedQueryNotSupported", checkErrors(t, answer)[0].Message)
}

// However many queries are registered, they take no more memory than they may; those that were used last stay.
func TestPersistedQueriesAreBounded(t *testing.T) {
	t.Parallel()
	door, _ := start(t, gateway.Config{PersistedQueries: 10 << 10})
	numberedQuery := func(i int) string { return fmt.Sprintf(`query Q%d { __typename }%s`, i, strings.Repeat(" ", 800)) }
	const count = 30
	for i := range count {
		wantErrors(t, withHash(t, door, numberedQuery(i), "{}"))
		wantErrors(t, byHash(t, door, numberedQuery(0), "{}"))
	}
	kept := 0
	for i := range count {
		if len(checkErrors(t, byHash(t, door, numberedQuery(i), "{}"))) == 0 {
			kept++
		}
	}
	diff(t, "kept", 10, kept) // of 1024 bytes each, with what goes with them; the first among them
}
