package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// The audits of graphql-cop, a security scanner for GraphQL servers: its requests, and its criteria.

// audit is a request, and whether the response is a finding.
type audit struct {
	request call
	finding func(t *testing.T, response gatewaytest.Response) bool
}

// answered reports whether a field was executed.
func answered(field string) func(*testing.T, gatewaytest.Response) bool {
	return func(t *testing.T, response gatewaytest.Response) bool {
		t.Helper()
		return decode[struct{ Data map[string]any }](t, response.Body).Data[field] != nil
	}
}

func holds(words ...string) func(*testing.T, gatewaytest.Response) bool {
	return func(_ *testing.T, response gatewaytest.Response) bool {
		for _, word := range words {
			if strings.Contains(strings.ToLower(string(response.Body)), word) {
				return true
			}
		}
		return false
	}
}

func audits() map[string]audit {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	inURL := func(query string) string { return "/graphql?" + url.Values{"query": {query}}.Encode() }
	return map[string]audit{
		"alias overloading": {call{body: asking("query cop {" + numbered("alias%d:__typename \n", 101) + "}")}, answered("alias100")},
		"array batching": {
			call{body: "[" + strings.Repeat(`{"query": "query cop { __typename }"},`, 9) + `{"query": "query cop { __typename }"}]`},
			func(_ *testing.T, response gatewaytest.Response) bool {
				return strings.HasPrefix(string(response.Body), "[") || holds("__typename")(nil, response)
			},
		},
		"directive overloading": {
			call{body: asking("query cop { __typename " + strings.Repeat("@aa", 10) + " }")},
			func(t *testing.T, response gatewaytest.Response) bool { return len(checkErrors(t, response)) == 10 },
		},
		"circular introspection": {
			call{body: asking("query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }")},
			answered("__schema"),
		},
		"field duplication":    {call{body: asking("query cop {" + strings.Repeat(" __typename \n", 500) + "}")}, answered("__typename")},
		"mutation over GET":    {call{method: http.MethodGet, path: inURL("mutation cop { __typename }")}, answered("__typename")},
		"query in a form":      {call{body: url.Values{"query": {"query cop { __typename }"}}.Encode(), header: form}, answered("__typename")},
		"mutation in a form":   {call{body: url.Values{"query": {"mutation cop { __typename }"}}.Encode(), header: form}, answered("__typename")},
		"field suggestions":    {call{body: asking("query cop { __schema { directive } }")}, holds("did you mean")},
		"argument suggestions": {call{body: asking("query cop { conversation(idd: 1) { id } }")}, holds("did you mean")},
		"value suggestions":    {call{body: asking("query cop { conversations(filter: { states: OPN }) { totalCount } }")}, holds("did you mean")},
		"type suggestions":     {call{body: asking("query cop { viewer { ...F } } fragment F on Usr { id }")}, holds("did you mean")},
		"tracing": {
			call{body: asking("query cop { __typename }"), header: http.Header{"X-Apollo-Tracing": {"1"}, "Apollo-Federation-Include-Trace": {"ftv1"}}},
			holds("tracing", "ftv1", `"extensions"`),
		},
		"stack trace":              {call{body: asking("qwerty cop { abc }")}, holds("exception", "stack", ".go", "goroutine")},
		"stack trace of a field":   {call{body: asking(`query cop { conversation(id: "\u0000") { id } }`)}, holds("exception", "stack", ".go", "goroutine")},
		"stack trace of a value":   {call{body: asks("query cop($v: ID!) { conversation(id: $v) { id } }", `{"v": {"$gt": ""}}`)}, holds("exception", "stack", ".go", "goroutine", "$gt")},
		"debugging by a parameter": {call{path: "/graphql?debug=1&trace=1", body: asking("query cop { abc }")}, holds("exception", "stack", ".go", "goroutine")},
		"a query from another page, which has no token": {
			call{method: http.MethodGet, path: inURL("query cop { __typename }"), header: http.Header{"Authorization": nil, "Origin": {"https://evil.example"}}},
			answered("__typename"),
		},
	}
}

func TestAuditsOfGraphQLCop(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Introspection: gateway.IntrospectionOff})
	for name, audit := range audits() {
		response := audit.request.send(t, server)
		if audit.finding(t, response) {
			t.Errorf("%s is a finding: %.500s", name, response.Body)
		}
		if rejected := len(checkErrors(t, response)) > 0; rejected == (name == "tracing") {
			t.Errorf("%s: rejected is %t: %.500s", name, rejected, response.Body)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
