package gateway_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

const viewerBody = `{"query": "{ viewer { name } }"}`

func TestTokenIsAccepted(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	token := gatewaytest.Token()
	for name, header := range map[string]http.Header{
		"Authorization":            {"Authorization": {"Bearer " + token}},
		"scheme in lower case":     {"Authorization": {"bearer " + token}},
		"several blanks":           {"Authorization": {"Bearer   " + token + " "}},
		"X-Access-Token":           {"Authorization": nil, "X-Access-Token": {token}},
		"both, the same":           {"Authorization": {"Bearer " + token}, "X-Access-Token": {token}},
		"beside Basic, of a proxy": {"Authorization": {"Basic dXNlcjpwYXNz"}, "X-Access-Token": {token}},
		"twice":                    {"Authorization": {"Bearer " + token, "Bearer " + token}},
	} {
		response := call{header: header, body: viewerBody}.send(t, server)
		diff(t, name+": status", http.StatusOK, response.Status)
		wantErrors(t, response)
		wantData(t, response, `{"viewer": {"name": "Jana Petersen"}}`)
	}
	diff(t, "calls", 7, len(upstream.TakeCalls()))
}

func TestTokenIsRejected(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for name, test := range map[string]struct {
		header http.Header
		path   string
		status int
		code   string
	}{
		"none":               {header: http.Header{"Authorization": nil}, status: 401, code: "UNAUTHENTICATED"},
		"empty":              {header: http.Header{"Authorization": {""}}, status: 401, code: "UNAUTHENTICATED"},
		"only the scheme":    {header: http.Header{"Authorization": {"Bearer"}}, status: 401, code: "UNAUTHENTICATED"},
		"without a scheme":   {header: http.Header{"Authorization": {gatewaytest.Token()}}, status: 401, code: "UNAUTHENTICATED"},
		"Basic":              {header: http.Header{"Authorization": {"Basic dXNlcjpwYXNz"}}, status: 401, code: "UNAUTHENTICATED"},
		"with a blank":       {header: http.Header{"Authorization": {"Bearer two words"}}, status: 401, code: "UNAUTHENTICATED"},
		"not ASCII":          {header: http.Header{"Authorization": {"Bearer schlüssel"}}, status: 401, code: "UNAUTHENTICATED"},
		"empty X":            {header: http.Header{"Authorization": nil, "X-Access-Token": {""}}, status: 401, code: "UNAUTHENTICATED"},
		"too long":           {header: http.Header{"Authorization": {"Bearer " + strings.Repeat("x", 4097)}}, status: 401, code: "UNAUTHENTICATED"},
		"two different":      {header: http.Header{"X-Access-Token": {"sandbox-bakery"}}, status: 400, code: "BAD_USER_INPUT"},
		"two of one header":  {header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}, status: 400, code: "BAD_USER_INPUT"},
		"an empty one too":   {header: http.Header{"X-Access-Token": {""}}, status: 400, code: "BAD_USER_INPUT"},
		"in the URL":         {header: http.Header{"Authorization": nil}, path: "/graphql?access_token=sandbox-agency&token=sandbox-agency", status: 401, code: "UNAUTHENTICATED"},
		"in a cookie":        {header: http.Header{"Authorization": nil, "Cookie": {"token=sandbox-agency"}}, status: 401, code: "UNAUTHENTICATED"},
		"in user:pass style": {header: http.Header{"Authorization": {"Token " + gatewaytest.Token()}}, status: 401, code: "UNAUTHENTICATED"},
	} {
		response := call{header: test.header, path: test.path, body: viewerBody}.send(t, server)
		t.Log(name)
		wantRejected(t, response, test.status, test.code)
		challenge := ""
		if test.status == http.StatusUnauthorized {
			challenge = "Bearer"
		}
		diff(t, name+": WWW-Authenticate", challenge, response.Header.Get("WWW-Authenticate"))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// mStudio rejects an unknown token, and the response is a GraphQL error.
func TestUnknownTokenIsRejectedByTheUpstream(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	response := server.Query(t, "nobody's", `{ viewer { name } conversationCategories { name } }`, nil)
	diff(t, "status", http.StatusOK, response.Status)
	wantErrors(t, response, "viewer: UNAUTHENTICATED")
	diff(t, "calls", []string{"GET /v2/conversation-categories", "GET /v2/users/self"}, upstream.TakeCalls())
}

// A made-up token costs a few calls, however large the operation is, and none in the next seconds.
func TestUnknownTokenCostsFewCalls(t *testing.T) {
	t.Parallel()
	const reads = 8 // of an unknown token, until mStudio has responded to one
	ids := make([]string, 100)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	ticket := `{ messages { totalCount } members { user { id } } }`
	var tickets, closings strings.Builder
	for i, id := range ids[:20] {
		fmt.Fprintf(&tickets, "a%d: conversation(id: %q) %s\n", i, id, ticket)
	}
	for i := range 5 {
		fmt.Fprintf(&closings, "a%d: closeConversations(input: {conversationIds: $ids}) { results { userErrors { code } } }\n", i)
	}
	for name, test := range map[string]struct {
		query string
		calls int
	}{
		"viewer":    {`{ viewer { id } }`, 1},
		"inbox":     {`{ conversations(first: 50) { nodes { id } } }`, 1},
		"nodes":     {`query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation ` + ticket + ` } }`, reads},
		"aliases":   {`{ ` + tickets.String() + ` }`, reads},
		"mutations": {`mutation($ids: [ID!]!) { ` + closings.String() + ` }`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			calls := 0
			for range 2 {
				variables := map[string]any{}
				if strings.Contains(test.query, "$ids") {
					variables["ids"] = ids
				}
				response := server.Query(t, "nobody's", test.query, variables)
				if codes := bytes.Count(response.Body, []byte(`"code":"UNAUTHENTICATED"`)); codes == 0 || codes != bytes.Count(response.Body, []byte(`"code":`)) {
					t.Errorf("want UNAUTHENTICATED for each field: %.500s", response.Body)
				}
				calls += len(upstream.TakeCalls()) // of both, because a canceled call can arrive after the response
			}
			if calls > test.calls || calls == 0 {
				t.Errorf("%d calls, want at most %d", calls, test.calls)
			}
		})
	}
}
