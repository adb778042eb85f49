package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/limits"
)

func asking(query string) string { return asks(query, "{}") }

func asks(query, variables string) string {
	text, _ := json.Marshal(query) // a string
	return `{"query": ` + string(text) + `, "variables": ` + variables + `}`
}

// numbered concatenates format with the numbers 0 to count-1.
func numbered(format string, count int) string {
	var all strings.Builder
	for i := range count {
		fmt.Fprintf(&all, format, i)
	}
	return all.String()
}

// An error names the limit, its maximum and the measured value.
func TestLimits_Errors(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Limits: limits.Limits{Depth: 3, Cost: 21, Nodes: 40}})
	for query, want := range map[string]map[string]any{
		"{ viewer { id } }": nil,
		"{ conversations { nodes { createdBy { id } } } }": {
			"message":    "Fields are nested 4 levels deep; at most 3 are accepted.",
			"extensions": map[string]any{"code": "OPERATION_LIMIT", "limit": "depth", "max": 3.0, "actual": 4.0},
		},
		"{ nodes(ids: [" + strings.Repeat("1 ", 22) + "]) { ... on Conversation { id } } }": {
			"message": "The operation typically needs 22 mStudio calls; at most 21 are accepted. `nodes` adds most.",
			"extensions": map[string]any{
				"code": "COMPLEXITY_LIMIT_EXCEEDED", "limit": "cost", "max": 21.0, "actual": 22.0, "costliest": "nodes",
			},
		},
		"{ conversations(first: 40) { nodes { id } } }": {
			"message": "The result may have 41 objects; at most 40 are accepted. `conversations.nodes` adds most. Pages of at most 39 items would be accepted.",
			"extensions": map[string]any{
				"code": "COMPLEXITY_LIMIT_EXCEEDED", "limit": "nodes", "max": 40.0, "actual": 41.0,
				"costliest": "conversations.nodes", "pageSize": 39.0,
			},
		},
	} {
		for range 2 { // parsed, then cached
			for accepted, status := range map[string]int{"application/json": http.StatusOK, "application/graphql-response+json": http.StatusBadRequest} {
				response := call{body: asking(query), header: http.Header{"Accept": {accepted}}}.send(t, server)
				got := decode[struct{ Errors []map[string]any }](t, response.Body).Errors
				if want == nil {
					diff(t, query, 0, len(got))
					continue
				}
				diff(t, query, []map[string]any{want}, got)
				diff(t, query, status, response.Status)
				checkErrors(t, response)
			}
		}
	}
	diff(t, "calls", 4, len(upstream.TakeCalls())) // for the first
}

// Typical queries are within the default limits and make the expected calls.
func TestLimits_TypicalQueries(t *testing.T) {
	t.Parallel()
	for query, calls := range map[string]int{
		inboxQuery: 51,
		"{ conversations(first: 100) { nodes { id messages { totalCount } members { user { id } } } } }":                                                                           201,
		"{ conversations(first: 100) { edges { cursor node { id messages { edges { node { ...on MessageItem { id } } } } members { user { name } } } } pageInfo { endCursor } } }": 201,
		// Fragments of components, as with Relay and Apollo, select the same fields repeatedly.
		`{ conversations(first: 50) { nodes { ...Title ...Preview ...Unread } } }
			fragment Title on Conversation { title ...Preview }
			fragment Preview on Conversation { messages(last: 1) { nodes { ...on TextMessage { content } } } }
			fragment Unread on Conversation { messages(last: 1) { totalCount } ...Preview }`: 51,
		`{ conversation(id: "` + shortID + `") { messages { nodes { ...on ServiceRequest { payload { ...on Relocation { source { providerPassword { isSet } } domains { domainName } mailboxes { email password { isSet } } target { prices { name } } } } } } } } }`: 2,
		introspectionQuery: 1, // whether mStudio accepts the token
	} {
		server, upstream := start(t, gateway.Config{})
		wantErrors(t, ask(t, server, query))
		diff(t, query, calls, len(upstream.TakeCalls()))
	}
}

// The estimate of a cached document depends on the variables of each request.
func TestLimits_EstimateDependsOnVariables(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Limits: limits.Limits{Cost: 11}})
	const query = `query($n: Int, $with: Boolean!) { conversations(first: $n) { nodes { messages @include(if: $with) { totalCount } } } }`
	for range 3 {
		wantErrors(t, call{body: asks(query, `{"n": 11, "with": true}`)}.send(t, server), ": COMPLEXITY_LIMIT_EXCEEDED")
		diff(t, "calls when rejected", 0, len(upstream.TakeCalls()))
		wantErrors(t, call{body: asks(query, `{"n": 10, "with": true}`)}.send(t, server))
		diff(t, "calls", 11, len(upstream.TakeCalls()))
		wantErrors(t, call{body: asks(query, `{"n": 11, "with": false}`)}.send(t, server))
		diff(t, "calls without messages", 1, len(upstream.TakeCalls()))
	}
}

// Only the first five validation errors are reported.
func TestLimits_ValidationErrors(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	response := ask(t, server, "{ viewer {"+numbered(" a%[1]d:nam b%[1]d:nam{a}", 45)+" } }")
	errs := checkErrors(t, response)
	diff(t, "errors", 5, len(errs))
	for _, err := range errs {
		diff(t, "code", "GRAPHQL_VALIDATION_FAILED", err.code())
		diff(t, "message", `Cannot query field "nam" on type "User". Did you mean "name"?`, err.Message)
	}
}
