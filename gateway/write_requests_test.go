package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

// write is a mutation that would be seen.
const write = `mutation Write { sendMessage(input: {conversationId: "` + shortID + `", content: "Von der Tür."}) { messageId } }`

// A mutation is executed by POST alone, in whatever way its text is found: a GET can be a link that somebody follows.
func TestMutationsNeedPOST(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{TrustedDocuments: map[string]string{"write": write}})
	wantErrors(t, withHash(t, server, strings.Replace(write, "Write", "Hashed", 1), "{}"))
	upstream.TakeCalls()
	for name, values := range map[string]url.Values{
		"text":             {"query": {write}},
		"among others":     {"query": {write + ` query Read { viewer { id } }`}, "operationName": {"Write"}},
		"hash":             {"extensions": {hashed(hashOf(strings.Replace(write, "Write", "Hashed", 1)))}},
		"trusted document": {"documentId": {"write"}},
	} {
		for _, header := range []http.Header{nil, {"Graphql-Preflight": {"1"}}, {"Content-Type": {"application/json"}}} {
			answer := call{method: http.MethodGet, path: "/graphql?" + values.Encode(), header: header}.send(t, server)
			wantRefusal(t, answer, http.StatusMethodNotAllowed, "BAD_USER_INPUT")
			diff(t, name+": Allow", "POST", answer.Header.Get("Allow"))
		}
	}
	for _, contentType := range []string{"application/x-www-form-urlencoded", "text/plain", "application/graphql"} {
		answer := call{body: asking(write), header: http.Header{"Content-Type": {contentType}}}.send(t, server)
		wantRefusal(t, answer, http.StatusUnsupportedMediaType, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, write))
	diff(t, "calls by POST", 1, len(upstream.TakeCalls()))
}

// Writes are stuffed into one document by aliases: five are accepted, and of six none is made.
func TestMutationsOfOneDocument(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	many := func(count int) string {
		return "mutation {" + numbered(`a%d: sendMessage(input: {conversationId: "`+shortID+`", content: "Von der Tür."}) { messageId } `, count) + "}"
	}
	answer := ask(t, server, many(6))
	wantErrors(t, answer, ": OPERATION_LIMIT")
	diff(t, "limit", "rootMutations", checkErrors(t, answer)[0].Extensions["limit"].(string))
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, many(5)))
	diff(t, "calls", 5, len(upstream.TakeCalls()))
}

// Trusted documents let a token write only what the frontend writes.
func TestOnlyTrustedMutations(t *testing.T) {
	t.Parallel()
	server, upstream := trusted(t, true)
	wantRefusal(t, ask(t, server, write), http.StatusOK, "FORBIDDEN")
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
