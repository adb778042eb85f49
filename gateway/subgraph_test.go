package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

const entitiesQuery = `query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }`

// newSubgraph starts a gateway with a subgraph. Its URL is that of the subgraph.
func newSubgraph(t *testing.T) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true})
	server.URL = server.Base + "/subgraph"
	return server, upstream
}

func representations(count int, typename string, id func(i int) string) map[string]any {
	all := make([]map[string]any, count)
	for i := range all {
		all[i] = map[string]any{"__typename": typename, "id": id(i)}
	}
	return map[string]any{"representations": all}
}

// withoutToken sends an operation without a token.
func withoutToken(t *testing.T, server *gatewaytest.Server, query string) gatewaytest.Response {
	t.Helper()
	request := server.NewRequest(t, "", query, nil)
	request.Header.Del("Authorization")
	return server.Do(t, request)
}

// The SDL must be valid together with the definitions of the federation specification.
func TestSubgraphSDL(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	response := withoutToken(t, server, `query { _service { sdl } __typename }`)
	sdl := decode[struct {
		Data struct {
			Service struct{ SDL string } `json:"_service"`
		}
	}](t, response.Body).Data.Service.SDL
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: sdl}, &ast.Source{Input: `
		scalar federation__FieldSet
		directive @link(url: String!, import: [String!]) repeatable on SCHEMA
		directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
		directive @shareable repeatable on OBJECT | FIELD_DEFINITION`})
	if err != nil {
		t.Fatalf("%v in\n%s", err, sdl)
	}
	var keyed []string
	for name, definition := range schema.Types {
		if definition.Directives.ForName("key") != nil {
			keyed = append(keyed, name)
		}
	}
	slices.Sort(keyed)
	want := "AppInstallation Container Conversation ConversationCategory Customer ExtensionInstance PlacementGroup Project User"
	diff(t, "entities", want, strings.Join(keyed, " "))
	for _, name := range []string{"_entities", "_service", "node", "nodes"} {
		if schema.Query.Fields.ForName(name) != nil {
			t.Errorf("a router must not be told of Query.%s", name)
		}
	}
	if calls := upstream.TakeCalls(); len(calls) != 0 {
		t.Errorf("want no calls, got %v", calls)
	}
}

// Without a token, a router can read the SDL and no data.
func TestSubgraphWithoutToken(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	for query, want := range map[string]int{
		`{ _service { sdl } }`:                                 http.StatusOK,
		`{ __schema { queryType { name } } }`:                  http.StatusOK,
		`{ _service { sdl } conversationCategories { name } }`: http.StatusUnauthorized,
		`{ _entities(representations: []) { __typename } }`:    http.StatusUnauthorized,
		`{ ... on Query { viewer { id } } }`:                   http.StatusUnauthorized,
	} {
		if response := withoutToken(t, server, query); response.Status != want {
			t.Errorf("%s: want %d, got %d: %s", query, want, response.Status, response.Body)
		}
	}
	malformed := server.NewRequest(t, "a b", `{ _service { sdl } }`, nil)
	if response := server.Do(t, malformed); response.Status != http.StatusUnauthorized {
		t.Errorf("a malformed token: want 401, got %d", response.Status)
	}
	server.URL = server.Base + "/graphql"
	if response := withoutToken(t, server, `{ __typename }`); response.Status != http.StatusUnauthorized {
		t.Errorf("the public schema: want 401, got %d", response.Status)
	}
	diff(t, "calls", nil, upstream.TakeCalls())
}

func TestSubgraphIsOffByDefault(t *testing.T) {
	t.Parallel()
	server := gatewaytest.NewServer(t, gatewaytest.NewUpstream(t, sandbox.Config{}), gateway.Config{})
	server.URL = server.Base + "/subgraph"
	if response := server.Query(t, gatewaytest.Token(), `{ __typename }`, nil); response.Status != http.StatusNotFound {
		t.Errorf("want 404, got %d", response.Status)
	}
}

// For the entities of a page, the gateway makes one call per conversation, even if one appears several times.
func TestBatchOfEntities(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	list := server.Query(t, gatewaytest.Token(), `{ conversations(first: 50) { nodes { id } } }`, nil)
	rows := decode[struct {
		Data struct {
			Conversations struct{ Nodes []struct{ ID string } }
		}
	}](t, list.Body).Data.Conversations.Nodes
	upstream.TakeCalls()
	response := server.Query(t, gatewaytest.Token(), entitiesQuery,
		representations(100, "Conversation", func(i int) string { return rows[i/2].ID }))
	checkErrors(t, response)
	if calls := upstream.TakeCalls(); len(calls) != 50 {
		t.Errorf("want 50 calls for 100 representations of 50 conversations, got %d", len(calls))
	}
}

func TestTooManyEntities(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true, Limits: limits.Limits{Cost: 10_000}})
	server.URL = server.Base + "/subgraph"
	response := server.Query(t, gatewaytest.Token(), entitiesQuery,
		representations(1001, "Conversation", func(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }))
	got := decode[struct {
		Errors []struct {
			Message string
			Path    []any
		}
	}](t, response.Body)
	if len(got.Errors) != 1 || got.Errors[0].Message != "`representations` must have at most 1000 elements." || fmt.Sprint(got.Errors[0].Path) != "[_entities]" {
		t.Errorf("want one error at _entities, got %+v", got.Errors)
	}
	if calls := upstream.TakeCalls(); len(calls) != 0 {
		t.Errorf("want no calls, got %v", calls)
	}
}

// With SubgraphApart, clients cannot reach the subgraph, so that TrustedDocumentsOnly holds for all that they can send.
func TestSubgraph_Apart(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	config := gateway.Config{Subgraph: true, SubgraphApart: true, TrustedDocuments: documents.Manifests{All: map[string]string{"viewer-1": viewerQuery}}, TrustedDocumentsOnly: true}
	server := gatewaytest.NewServer(t, upstream, config)
	for path, status := range map[string]int{"/subgraph": 404, "/subgraph/": 404, "//subgraph": 404, "/./subgraph": 404, "/%73ubgraph": 404, "/graphql": 200} {
		response := call{path: path, body: asking("{ viewer { id } }")}.send(t, server)
		diff(t, path, status, response.Status)
		if status == http.StatusOK {
			wantRejected(t, response, http.StatusOK, "FORBIDDEN")
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	routers := httptest.NewServer(http.HandlerFunc(server.Gateway.Subgraph))
	defer routers.Close()
	for path, status := range map[string]int{"/subgraph": 200, "/graphql": 404, "/": 404, "/schema.graphql": 404} {
		server.URL = routers.URL + path
		response := server.Query(t, gatewaytest.Token(), "{ viewer { id } }", nil)
		diff(t, path, status, response.Status)
		if status == http.StatusOK {
			wantErrors(t, response)
		}
	}
	diff(t, "calls of the router", []string{"GET /v2/users/self"}, upstream.TakeCalls())
	config.Client, config.SubgraphApart = new(rest.Client), false
	if _, err := gateway.New(config); err == nil || !strings.Contains(err.Error(), "SubgraphApart") {
		t.Errorf("a subgraph for everyone beside trusted documents: %v", err)
	}
}
