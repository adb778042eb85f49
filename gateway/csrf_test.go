package gateway_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// serviceInURL is the only operation that is executed without a token: the SDL of a subgraph.
func serviceInURL() string {
	return "/subgraph?" + url.Values{"query": {"{ _service { sdl } }"}}.Encode()
}

// Browsers send simple headers for any page without a preflight. Such requests must not be executed.
func TestSimpleRequestsAreNotExecuted(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Subgraph: true})
	service := asking("{ _service { sdl } }")
	for name, test := range map[string]struct {
		call
		status int
	}{
		"link":                 {call{method: http.MethodGet, path: serviceInURL(), header: http.Header{}}, 400},
		"form in the URL":      {call{method: http.MethodGet, path: serviceInURL(), header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, 400},
		"form":                 {call{path: "/subgraph", body: "query=%7B_service%7Bsdl%7D%7D", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, 400},
		"form of files":        {call{path: "/subgraph", body: service, header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}}, 400},
		"text":                 {call{path: "/subgraph", body: service, header: http.Header{"Content-Type": {"text/plain"}}}, 400},
		"text that names JSON": {call{path: "/subgraph", body: service, header: http.Header{"Content-Type": {"text/plain; application/json"}}}, 400},
		"no content type":      {call{path: "/subgraph", body: service, header: http.Header{}}, 400},
		"no token":             {call{method: http.MethodGet, path: "/graphql?query=%7B__typename%7D", header: http.Header{}}, 401},
		"a cookie":             {call{method: http.MethodGet, path: "/graphql?query=%7B__typename%7D", header: http.Header{"Cookie": {"token=" + gatewaytest.Token()}}}, 401},
	} {
		header := http.Header{"Authorization": nil, "Content-Type": nil}
		maps.Copy(header, test.header)
		test.header = header
		response := test.send(t, server)
		diff(t, name, test.status, response.Status)
		if len(checkErrors(t, response)) != 1 {
			t.Errorf("%s: executed: %.200s", name, response.Body)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Any header that causes a preflight suffices: one made for this purpose, a content type that forms cannot have, or the
// token.
func TestPreflightIsEnough(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{Subgraph: true})
	for name, header := range map[string]http.Header{
		"GraphQL-Preflight":        {"Graphql-Preflight": {"1"}},
		"Apollo-Require-Preflight": {"Apollo-Require-Preflight": {"true"}},
		"X-Requested-With":         {"X-Requested-With": {"XMLHttpRequest"}},
		"content type":             {"Content-Type": {"application/json"}},
		"Authorization":            {"Authorization": {"Bearer " + gatewaytest.Token()}},
		"X-Access-Token":           {"X-Access-Token": {gatewaytest.Token()}},
	} {
		sent := http.Header{"Authorization": nil, "Content-Type": nil}
		maps.Copy(sent, header)
		response := call{method: http.MethodGet, path: serviceInURL(), header: sent}.send(t, server)
		diff(t, name, http.StatusOK, response.Status)
		wantErrors(t, response)
	}
}
