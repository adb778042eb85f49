//go:build unix

package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
)

// schemaQueries are the kinds of introspection.
func schemaQueries() []string {
	return []string{
		`{ __schema { queryType { name } } }`,
		`{ __type(name: "Query") { name } }`,
		`{ a: __type(name: "User") { name } __typename }`,
		`{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ... { __schema { queryType { name } } } }`,
	}
}

// askAs sends an operation with a token, or without one if it is empty.
func askAs(t *testing.T, server *gatewaytest.Server, token, query string) gatewaytest.Response {
	t.Helper()
	if token == "" {
		return withoutToken(t, server, query)
	}
	return server.Query(t, token, query, nil)
}

// By default, introspection requires a valid token, which takes one call.
func TestIntrospection_Authenticated(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for i, query := range schemaQueries() {
		diff(t, query, http.StatusUnauthorized, askAs(t, server, "", query).Status)
		diff(t, "calls without a token", 0, len(upstream.TakeCalls()))
		unknown := askAs(t, server, fmt.Sprint("nobody-", i), query)
		wantRejected(t, unknown, http.StatusOK, "UNAUTHENTICATED")
		diff(t, "calls with an unknown token", []string{"GET /v2/users/self"}, upstream.TakeCalls())
		wantErrors(t, askAs(t, server, gatewaytest.Token(), query))
		diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())
	}
	wantErrors(t, ask(t, server, `{ __schema { queryType { name } } viewer { id } }`))
	diff(t, "calls if the viewer is asked for too", []string{"GET /v2/users/self"}, upstream.TakeCalls())
	wantErrors(t, ask(t, server, `{ __typename conversationCategories { __typename } }`))
	diff(t, "calls for names of types", []string{"GET /v2/conversation-categories"}, upstream.TakeCalls())
}

// If introspection is on, everyone may introspect, and do nothing else.
func TestIntrospection_On(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Introspection: gateway.IntrospectionOn})
	for _, query := range append(schemaQueries(), `{ __typename }`, introspectionQuery) {
		for _, token := range []string{"", "nobody's", gatewaytest.Token()} {
			wantErrors(t, askAs(t, server, token, query))
		}
	}
	for _, query := range []string{
		`{ viewer { id } }`, `{ __typename viewer { id } }`, `{ __schema { queryType { name } } viewer { id } }`, `{ conversationCategories { id } }`,
		`{ ...A } fragment A on Query { conversationCategories { id } }`,
	} {
		wantRejected(t, askAs(t, server, "", query), http.StatusUnauthorized, "UNAUTHENTICATED")
	}
	malformed := call{header: http.Header{"Authorization": {"Bearer a b"}}, body: asking(introspectionQuery)}
	diff(t, "malformed token", http.StatusUnauthorized, malformed.send(t, server).Status)
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// If introspection is off, nobody may introspect, and errors do not reveal parts of the schema. __typename works.
func TestIntrospection_Off(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Introspection: gateway.IntrospectionOff, Subgraph: true})
	for _, path := range []string{"/graphql", "/subgraph"} {
		for _, query := range schemaQueries() {
			wantRejected(t, call{path: path, body: asking(query)}.send(t, server), http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
		}
		wantErrors(t, call{path: path, body: asking(`{ __typename }`)}.send(t, server))
		for _, mistake := range []string{
			`{ view { id } }`, `{ viewer { nam } }`, `{ conversation(idd: 1) { id } }`, `{ viewer }`, `{ viewer { ...F } } fragment F on Usr { id }`,
			`query($v: Boolea) { viewer { id } }`, `{ conversations(filter: { statuses: OPN }) { totalCount } }`, `{ conversations(filter: { searc: "" }) { totalCount } }`,
			`{ viewer { id @skp(if: true) } }`,
		} {
			response := call{path: path, body: asking(mistake)}.send(t, server)
			if body := string(response.Body); len(checkErrors(t, response)) == 0 || strings.Contains(body, "Did you mean") {
				t.Errorf("%s: %s", mistake, body)
			}
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A field of __Type that does not apply to the kind of the type is null, not an empty list or false.
func TestIntrospection_FieldsOfOtherKinds(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	applies := map[string][]string{
		"ENUM": {"enumValues"}, "INPUT_OBJECT": {"inputFields", "isOneOf"}, "OBJECT": {"fields", "interfaces"},
		"INTERFACE": {"fields", "interfaces", "possibleTypes"}, "UNION": {"possibleTypes"}, "SCALAR": nil, "LIST": nil, "NON_NULL": nil,
	}
	const fields = `kind fields { name } interfaces { name } possibleTypes { name } enumValues { name } inputFields { name } isOneOf`
	for _, query := range []string{
		`{ __schema { types { ` + fields + ` fields { name type { ` + fields + ` } } } } }`,
		`{ __schema { types { ` + fields + ` fields { name type { ` + fields + ` } } } } viewer { id } }`, // not only introspection
	} {
		seen := map[string]int{}
		var check func(value any)
		check = func(value any) {
			switch value := value.(type) {
			case []any:
				for _, element := range value {
					check(element)
				}
			case map[string]any:
				for _, inner := range value {
					check(inner)
				}
				kind, ok := value["kind"].(string)
				if !ok {
					return
				}
				seen[kind]++
				for _, field := range []string{"fields", "interfaces", "possibleTypes", "enumValues", "inputFields", "isOneOf"} {
					if want := slices.Contains(applies[kind], field); want != (value[field] != nil) {
						t.Errorf("%s.%s: %v", kind, field, value[field])
					}
				}
			}
		}
		check(decode[map[string]any](t, ask(t, server, query).Body)["data"])
		diff(t, "kinds", len(applies), len(seen))
	}
}

// The estimate of introspection counts at least the values of the result, and at most three times as many.
func TestIntrospection_Estimate(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{Introspection: gateway.IntrospectionOn, Limits: limits.Limits{RootFields: 1000, Fields: 100_000, Aliases: 1000, Tokens: 100_000}})
	full, parts := introspectionParts()
	for _, field := range []string{
		strings.Replace(full, "__schema", "a%d: __schema", 1),
		"a%d: __schema { types { fields { args { name description } type { name description fields { name description } } } } }",
		"a%d: __schema { types { fields { type { ofType { fields { name type { name } } ofType { fields { name } } } } } } }",
		"a%d: __schema { types { possibleTypes { fields { name type { ofType { name } } } } interfaces { possibleTypes { name } } } }",
		"a%d: __schema { types { fields { args { type { enumValues { name } inputFields { name type { enumValues { name } } } } } } } }",
		"a%d: __schema { types { b: description c: __typename } queryType { name } mutationType { fields { name } } directives { args { name } } }",
		`a%d: __type(name: "Query") { fields { type { fields { name type { ofType { ofType { name } } } } } } }`,
		`a%d: __type(name: "Node") { possibleTypes { interfaces { name } } }`,
		`a%d: __type(name: "Unknown") { possibleTypes { interfaces { name } } }`,
	} {
		if !strings.Contains(field, "...") {
			parts = ""
		}
		alone := ask(t, server, "{"+fmt.Sprintf(field, 1)+"}"+parts)
		wantErrors(t, alone)
		values := countValues(decode[struct{ Data map[string]any }](t, alone.Body).Data["a1"])
		copies := 22_000/values + 1
		if copies > 100 {
			continue // it is cheap
		}
		rejected := checkErrors(t, ask(t, server, "{"+numbered(field, copies)+"}"+parts))[0]
		diff(t, "limit", "introspection", rejected.Extensions["limit"].(string))
		if actual := int(rejected.Extensions["actual"].(float64)) / copies; actual < values || actual > 3*values {
			t.Errorf("%s has %d values, the estimate is %d", field, values, actual)
		}
	}
}

// countValues counts the objects and scalars in a result.
func countValues(result any) (total int) {
	switch result := result.(type) {
	case []any:
		for _, element := range result {
			total += countValues(element)
		}
		return total
	case map[string]any:
		for _, member := range result {
			total += countValues(member)
		}
	}
	return total + 1
}

// The result of introspection is cached for all callers, by document, operation and variables.
//
//nolint:paralleltest // it measures the memory that the process allocates
func TestIntrospection_Cached(t *testing.T) {
	server, upstream := start(t, gateway.Config{})
	first, rendered := measured(t, func() gatewaytest.Response { return ask(t, server, introspectionQuery) })
	second, cached := measured(t, func() gatewaytest.Response { return ask(t, server, introspectionQuery) })
	diff(t, "response", string(first.Body), string(second.Body))
	if cached.memory > rendered.memory/3 {
		t.Errorf("%d bytes allocated, after %d the first time", cached.memory, rendered.memory)
	}
	diff(t, "calls, which check the tokens", []string{"GET /v2/users/self", "GET /v2/users/self"}, upstream.TakeCalls())
	wantRejected(t, askAs(t, server, "nobody's", introspectionQuery), http.StatusOK, "UNAUTHENTICATED")
	const document = `query A($name: String!, $with: Boolean = true) { __type(name: $name) { name kind @include(if: $with) } } query B { __schema { queryType { name } } }`
	for body, want := range map[string]string{
		`"A", "variables": {"name": "Query"}`:                   `{"__type": {"name": "Query", "kind": "OBJECT"}}`,
		`"A", "variables": {"name": "ID"}`:                      `{"__type": {"name": "ID", "kind": "SCALAR"}}`,
		`"A", "variables": {"name": "Query", "with": false}`:    `{"__type": {"name": "Query"}}`,
		`"B", "variables": {"name": "Query", "other": "Query"}`: `{"__schema": {"queryType": {"name": "Query"}}}`,
	} {
		for range 2 {
			wantData(t, call{body: `{"query": "` + document + `", "operationName": ` + body + `}`}.send(t, server), want)
		}
	}
	for range 2 { // with a field of the caller
		upstream.TakeCalls()
		wantErrors(t, ask(t, server, `{ __schema { queryType { name } } viewer { id } }`))
		diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())
	}
}
