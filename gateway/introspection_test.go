package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
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
	for _, query := range schemaQueries() {
		diff(t, query, http.StatusUnauthorized, askAs(t, server, "", query).Status)
		diff(t, "calls without a token", 0, len(upstream.TakeCalls()))
		unknown := askAs(t, server, "nobody's", query)
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
			`query($v: Boolea) { viewer { id } }`, `{ conversations(filter: { status: OPN }) { totalCount } }`, `{ conversations(filter: { searc: "" }) { totalCount } }`,
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
