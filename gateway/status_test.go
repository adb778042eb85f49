package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
)

// A response without data has status 4xx or 5xx for clients of application/graphql-response+json, and one with data 200.
// For clients of application/json, an operation that was not executed has status 200, too.
func TestStatusFollowsData(t *testing.T) {
	t.Parallel()
	const schema, viewer = `{"query": "{ __schema { queryType { name } } }"}`, `{"query": "{ viewer { id } }"}`
	for name, test := range map[string]struct {
		body   string
		status int // of the response of mStudio, or 0 for the sandbox
		code   string
		want   int
	}{
		"data":                  {viewer, 0, "", 200},
		"data and an error":     {viewer, 503, "UPSTREAM_UNAVAILABLE", 200},
		"parse":                 {`{"query": "{"}`, 0, "GRAPHQL_PARSE_FAILED", 400},
		"validation":            {`{"query": "{ a }"}`, 0, "GRAPHQL_VALIDATION_FAILED", 400},
		"variables":             {`{"query": "query($v: ID!) { conversation(id: $v) { id } }"}`, 0, "GRAPHQL_VALIDATION_FAILED", 400},
		"limit":                 {`{"query": "{ a: viewer { id } b: viewer { id } c: viewer { id } }"}`, 0, "OPERATION_LIMIT", 400},
		"null condition":        {`{"query": "query($v: Boolean = true) { viewer @skip(if: $v) { id } }", "variables": {"v": null}}`, 0, "BAD_USER_INPUT", 400},
		"unknown hash":          {`{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}`, 0, "PERSISTED_QUERY_NOT_FOUND", 400},
		"schema, refused token": {schema, 401, "UNAUTHENTICATED", 401},
		"schema, forbidden":     {schema, 403, "FORBIDDEN", 403},
		"schema, rate limited":  {schema, 429, "RATE_LIMITED", 429},
		"schema, down":          {schema, 503, "UPSTREAM_UNAVAILABLE", 503},
		"schema, bad response":  {schema, 418, "UPSTREAM_BAD_RESPONSE", 502},
	} {
		for _, path := range []string{"/graphql", "/subgraph"} {
			server, upstream := start(t, gateway.Config{Subgraph: true, Introspection: gateway.IntrospectionAuthenticated, Limits: limits.Limits{RootFields: 2}})
			if test.status != 0 {
				upstream.Intercept(func(http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(test.status) })
				})
			}
			want, code := test.want, test.code
			if test.body == schema && path == "/subgraph" { // its introspection needs no token
				want, code = http.StatusOK, ""
			}
			for accept, status := range map[string]int{"application/graphql-response+json": want, "application/json": http.StatusOK} {
				t.Log(name, path, accept)
				response := call{path: path, body: test.body, header: http.Header{"Accept": {accept}}}.send(t, server)
				wantStatus(t, response, status, code, want == http.StatusOK)
				diff(t, "challenge", status == http.StatusUnauthorized, response.Header.Get("WWW-Authenticate") != "")
			}
		}
	}
}

func TestStatusOfEveryCode(t *testing.T) {
	t.Parallel()
	for _, code := range closedCodes() {
		for _, mediaType := range []string{httpapi.MediaJSON, httpapi.MediaResponse} {
			for _, data := range [][]byte{nil, []byte("null"), []byte("{}")} {
				recorder := httptest.NewRecorder()
				errs := gqlerror.List{{Message: "m", Extensions: map[string]any{"code": code}}}
				httpapi.Write(recorder, mediaType, 0, &graphql.Response{Data: data, Errors: errs})
				if isError := recorder.Code >= 400; isError != (data == nil && mediaType == httpapi.MediaResponse) {
					t.Errorf("%s, %s, data %q: status %d", code, mediaType, data, recorder.Code)
				}
			}
		}
	}
}

func wantStatus(t *testing.T, response gatewaytest.Response, status int, code string, hasData bool) {
	t.Helper()
	diff(t, "status", status, response.Status)
	_, found := decode[map[string]any](t, response.Body)["data"]
	diff(t, "data", hasData, found)
	got := ""
	if errs := checkErrors(t, response); len(errs) > 0 {
		got = errs[0].code()
	}
	diff(t, "code", code, got)
}
