package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
)

// An invalid query has no data. Clients of plain JSON get 200, because they could not distinguish 400 of the gateway
// from one of a proxy.
func TestInvalidQueries(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for name, test := range map[string]struct{ query, code, message string }{
		"syntax":             {"{ viewer { name }", "GRAPHQL_PARSE_FAILED", "Expected Name, found <EOF>"},
		"no operation":       {"fragment f on User { name }", "GRAPHQL_VALIDATION_FAILED", "no operation provided"},
		"only a comment":     {"# nothing", "GRAPHQL_PARSE_FAILED", "Unexpected <EOF>"},
		"unknown field":      {"{ viewer { nam } }", "GRAPHQL_VALIDATION_FAILED", `Cannot query field "nam" on type "User". Did you mean "name"?`},
		"no selection":       {"{ viewer }", "GRAPHQL_VALIDATION_FAILED", `Field "viewer" of type "User" must have a selection of subfields. Did you mean "viewer { ... }"?`},
		"missing argument":   {"{ conversationCategory { id } }", "GRAPHQL_VALIDATION_FAILED", `Field "conversationCategory" argument "id" of type "ID!" is required, but it was not provided.`},
		"mutation":           {"mutation { fly { id } }", "GRAPHQL_VALIDATION_FAILED", `Cannot query field "fly" on type "Mutation".`},
		"subscription":       {"subscription { message { id } }", "GRAPHQL_VALIDATION_FAILED", `Cannot query field "message" on type "Subscription".`},
		"several operations": {"query A { __typename } query B { __typename }", "GRAPHQL_VALIDATION_FAILED", "`operationName` must name an operation in the document. It is required if the document has several."},
		"@defer":             {"{ ... @defer { viewer { name } } }", "GRAPHQL_VALIDATION_FAILED", `Unknown directive "@defer".`},
		"@stream":            {"{ conversationCategories @stream { name } }", "GRAPHQL_VALIDATION_FAILED", `Unknown directive "@stream".`},
		"UNKNOWN as input":   {"{ conversations(filter: { states: UNKNOWN }) { totalCount } }", "GRAPHQL_VALIDATION_FAILED", `The value must be a value of the enum "ConversationState".`},
		"too many tokens":    {"{" + strings.Repeat(" __typename", 5000) + " }", "OPERATION_LIMIT", "The document has 5002 tokens; at most 5000 are accepted."},
	} {
		body, err := json.Marshal(map[string]string{"query": test.query})
		if err != nil {
			t.Fatal(err)
		}
		for accept, status := range map[string]int{"application/json": 200, "application/graphql-response+json": 400} {
			response := call{header: http.Header{"Accept": {accept}}, body: string(body)}.send(t, server)
			t.Log(name, accept)
			wantRejected(t, response, status, test.code)
			diff(t, "message", test.message, checkErrors(t, response)[0].Message)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// The error of a variable does not repeat its value, which may be anything.
func TestInvalidVariables(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for name, test := range map[string]struct {
		query     string
		variables map[string]any
		code      string
	}{
		"missing":             {`query($v: ID!) { conversation(id: $v) { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		"null":                {`query($v: ID!) { conversation(id: $v) { id } }`, map[string]any{"v": nil}, "GRAPHQL_VALIDATION_FAILED"},
		"object for an id":    {`query($v: ID!) { conversation(id: $v) { id } }`, map[string]any{"v": map[string]any{"canary": 1}}, "GRAPHQL_VALIDATION_FAILED"},
		"text for a number":   {`query($v: Int) { conversations(first: $v) { totalCount } }`, map[string]any{"v": "canary"}, "GRAPHQL_VALIDATION_FAILED"},
		"fraction":            {`query($v: Int) { conversations(first: $v) { totalCount } }`, map[string]any{"v": 1.5}, "GRAPHQL_VALIDATION_FAILED"},
		"unknown enum value":  {`query($v: ConversationState!) { conversations(filter: { states: [$v] }) { totalCount } }`, map[string]any{"v": "canary"}, "GRAPHQL_VALIDATION_FAILED"},
		"in an input object":  {`query($v: ConversationFilter) { conversations(filter: $v) { totalCount } }`, map[string]any{"v": map[string]any{"state": "canary"}}, "GRAPHQL_VALIDATION_FAILED"},
		"list for an object":  {`query($v: ConversationFilter) { conversations(filter: $v) { totalCount } }`, map[string]any{"v": []any{"canary"}}, "GRAPHQL_VALIDATION_FAILED"},
		"text for a Boolean":  {`query($v: Boolean!) { viewer @include(if: $v) { id } }`, map[string]any{"v": "canary"}, "GRAPHQL_VALIDATION_FAILED"},
		"null in a directive": {`query($v: Boolean = true) { viewer @include(if: $v) { id } }`, map[string]any{"v": nil}, "BAD_USER_INPUT"},
	} {
		t.Log(name)
		response := server.Query(t, "sandbox-agency", test.query, test.variables)
		wantRejected(t, response, http.StatusOK, test.code)
		if strings.Contains(string(response.Body), "canary") {
			t.Errorf("the response repeats the value: %s", response.Body)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A numeric string is not a number. Estimated as one item and executed as a hundred, it would bypass the cost limit.
func TestNumericStrings(t *testing.T) {
	t.Parallel()
	const query = `query($n: Int) { conversations(first: $n) { nodes { id messages(last: 1) { nodes { __typename } } members { user { id } } } } }`
	for _, config := range []gateway.Config{{}, {NoRenderer: true}, {Limits: limits.Limits{Cost: 10, Nodes: 100}}} {
		server, upstream := start(t, config)
		for _, text := range []string{"100", "1", "+1", "-1", "007"} {
			variables := map[string]any{"n": text}
			wantRejected(t, server.Query(t, gatewaytest.Token(), query, variables), http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
			_, said := explain(t, server, "dry-run", query, variables)
			wantRejected(t, said, http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
			diff(t, "message", `Variable "$n" must be an Int, a whole number of 32 bits.`, checkErrors(t, said)[0].Message)
		}
		diff(t, "calls", []string(nil), upstream.TakeCalls())
		wantErrors(t, server.Query(t, gatewaytest.Token(), query, map[string]any{"n": 1}))
		diff(t, "calls for a number", []string{
			"GET /v2/conversations/607edda3-7ec1-5fc9-ae18-f84f1dd21b67/members", "GET /v2/conversations/607edda3-7ec1-5fc9-ae18-f84f1dd21b67/messages",
			"GET /v2/conversations?limit=1&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId",
		}, upstream.TakeCalls())
	}
}

// gqlgen's executor panics on null in a directive, below a list in a goroutine without recover. The gateway must reject
// it before.
func TestNullInADirective(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, query := range []string{
		`query($v: Boolean = true) { ... @skip(if: $v) { __typename } }`,
		`query($v: Boolean = true) { nodes(ids: ["` + shortID + `"]) { ... on Conversation { id @include(if: $v) } } }`,
		`query($v: Boolean = true) { conversations(first: 2) { nodes { id @include(if: $v) } } }`,
	} {
		response := server.Query(t, "sandbox-agency", query, map[string]any{"v": nil})
		wantRejected(t, response, http.StatusOK, "BAD_USER_INPUT")
	}
	long := strings.Repeat("v", 10_000)
	response := server.Query(t, "sandbox-agency", `query($`+long+`: Boolean = true) { viewer @skip(if: $`+long+`) { id } }`, map[string]any{long: nil})
	if len(response.Body) > 500 {
		t.Errorf("the error has %d bytes", len(response.Body))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, `{ viewer { id } }`))
}

// The variable of another operation with the same name may control a directive there.
func TestNullInADirective_OtherOperation(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	response := call{body: `{"operationName": "A", "variables": {"v": null}, "query": "
		query A($v: String) { __type(name: \"Query\") { name } conversations(first: 0, filter: {search: $v}) { nodes { id } } }
		query B($v: Boolean!) { ...F @skip(if: $v) } fragment F on Query { viewer { id @include(if: $v) } }"}`}
	response.body = strings.NewReplacer("\n", " ", "\t", " ").Replace(response.body)
	wantErrors(t, response.send(t, server))
}

// The locations of errors do not depend on how a document ends its lines.
func TestLocations_LineEndings(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	const token = "sandbox-agency"
	for _, query := range []string{
		"{\n  nodes(ids: [1]) { id }\n  conversation(id: 1) { id }\n}",
		"query(\n  $v: Int!\n) {\n  conversations(first: $v) { totalCount }\n}",
		"query($id: ID = \"\"\"\n a\n\n  b\"\"\") {\n  conversation(id: $id) { nope }\n}",
		"{\n  conversation(id: ) { id }\n}",
	} {
		want := server.Query(t, token, query, nil)
		for _, ending := range []string{"\r\n", "\r"} {
			got := server.Query(t, token, strings.ReplaceAll(query, "\n", ending), nil)
			diff(t, query, string(want.Body), string(got.Body))
		}
	}
}

func TestUnknownOperationNameIsNotRepeated(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	response := call{body: `{"query": "query A { __typename }", "operationName": "canary"}`}.send(t, server)
	wantRejected(t, response, http.StatusOK, "GRAPHQL_VALIDATION_FAILED")
	if strings.Contains(string(response.Body), "canary") {
		t.Errorf("the response repeats the name: %s", response.Body)
	}
}

// GraphiQL's introspection query must be within all limits, and must not show internal types.
func TestIntrospection(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	response := ask(t, server, introspectionQuery)
	wantErrors(t, response)
	schema := decode[introspected](t, response.Body).Data.Schema
	var directives []string
	for _, directive := range schema.Directives {
		directives = append(directives, directive.Name)
	}
	diff(t, "directives", []string{"cost", "deprecated", "include", "listSize", "oneOf", "scan", "semanticNonNull", "skip", "specifiedBy"}, directives)
	diff(t, "query type", "Query", schema.QueryType.Name)
	diff(t, "mutation type", "Mutation", schema.MutationType.Name)
	diff(t, "subscription type", "Subscription", schema.SubscriptionType.Name)
	diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())
}

// introspectionQuery is the query of graphql-js with all options.
const introspectionQuery = `query IntrospectionQuery {
  __schema {
    description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`

// introspected holds the parts of the result that the tests check.
type introspected struct {
	Data struct {
		Schema struct {
			QueryType        struct{ Name string }
			MutationType     *struct{ Name string }
			SubscriptionType *struct{ Name string }
			Directives       []struct{ Name string }
		} `json:"__schema"`
	}
}
