package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/documents"
)

// write is a mutation with a visible effect.
const write = `mutation Write { sendMessage(input: {conversationId: "` + shortID + `", content: "Von der Tür."}) { messageId } }`

// A mutation is executed only by POST, however its document is found, because a GET can be a link.
func TestMutationsNeedPOST(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{TrustedDocuments: documents.Manifests{All: map[string]string{"write": write}}})
	wantErrors(t, withHash(t, server, strings.Replace(write, "Write", "Hashed", 1), "{}"))
	upstream.TakeCalls()
	for name, values := range map[string]url.Values{
		"text":             {"query": {write}},
		"among others":     {"query": {write + ` query Read { viewer { id } }`}, "operationName": {"Write"}},
		"hash":             {"extensions": {hashed(hashOf(strings.Replace(write, "Write", "Hashed", 1)))}},
		"trusted document": {"documentId": {"write"}},
	} {
		for _, header := range []http.Header{nil, {"Graphql-Preflight": {"1"}}, {"Content-Type": {"application/json"}}} {
			response := call{method: http.MethodGet, path: "/graphql?" + values.Encode(), header: header}.send(t, server)
			wantRejected(t, response, http.StatusMethodNotAllowed, "BAD_USER_INPUT")
			diff(t, name+": Allow", "POST", response.Header.Get("Allow"))
		}
	}
	for _, contentType := range []string{"application/x-www-form-urlencoded", "text/plain", "application/graphql"} {
		response := call{body: asking(write), header: http.Header{"Content-Type": {contentType}}}.send(t, server)
		wantRejected(t, response, http.StatusUnsupportedMediaType, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, write))
	diff(t, "calls by POST", 1, len(upstream.TakeCalls()))
}

// Aliases put several writes into one document: five are accepted, and of six none is made.
func TestMutationsOfOneDocument(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	many := func(count int) string {
		return "mutation {" + numbered(`a%d: sendMessage(input: {conversationId: "`+shortID+`", content: "Von der Tür."}) { messageId } `, count) + "}"
	}
	response := ask(t, server, many(6))
	wantErrors(t, response, ": OPERATION_LIMIT")
	diff(t, "limit", "rootMutations", checkErrors(t, response)[0].Extensions["limit"].(string))
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, many(5)))
	diff(t, "calls", 5, len(upstream.TakeCalls()))
}

// With trusted documents only, a token can execute only the mutations of the frontend.
func TestOnlyTrustedMutations(t *testing.T) {
	t.Parallel()
	server, upstream := trusted(t, true)
	wantRejected(t, ask(t, server, write), http.StatusOK, "FORBIDDEN")
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
