package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
)

// wantTooFrequent fails the test unless a request was rejected that may be repeated after a minute.
func wantTooFrequent(t *testing.T, name string, response gatewaytest.Response) {
	t.Helper()
	diff(t, name+": status", http.StatusTooManyRequests, response.Status)
	diff(t, name+": Retry-After", "60", response.Header.Get("Retry-After"))
	got := decode[struct {
		Errors []struct {
			Extensions map[string]any `json:"extensions"`
		} `json:"errors"`
	}](t, response.Body)
	for _, each := range got.Errors {
		diff(t, name, map[string]any{"code": "RATE_LIMITED", "retryAfter": 60.0}, each.Extensions)
	}
	diff(t, name+": errors", 1, len(got.Errors))
}

// A caller who has started as many operations as allowed is rejected wherever operations start, without a call. Others are not.
func TestMaxRatePerCaller(t *testing.T) {
	t.Parallel()
	config := quiet()
	config.MaxRatePerCaller, config.MCP.Enabled, config.Introspection = 1, true, gateway.IntrospectionOn
	server, upstream, registry := counted(t, config)
	wantErrors(t, server.Query(t, bakery, "{ viewer { id } }", nil))
	upstream.TakeCalls()
	for range 2 {
		wantTooFrequent(t, "a query", server.Query(t, bakery, "{ viewer { id } }", nil))
	}
	wantTooFrequent(t, "a mutation", server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "canary"}))
	client := dial(t, server, bearer(bakery))
	client.send(t, message{Type: "connection_init"})
	client.want(t, "connection_ack", "")
	client.subscribe(t, "inbox", inbox, nil)
	if errs := client.want(t, "error", "inbox"); !strings.Contains(string(errs), `"RATE_LIMITED"`) {
		t.Errorf("on a socket: %s", errs)
	}
	tool := call{path: "/mcp", header: bearer(bakery), body: `{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "my_projects"}}`}
	tool.header["Accept"] = []string{"application/json, text/event-stream"}
	if response := tool.send(t, server); !strings.Contains(string(response.Body), "RATE_LIMITED") {
		t.Errorf("a tool: %s", response.Body)
	}
	diff(t, "calls", []string(nil), upstream.TakeCalls())

	wantErrors(t, server.Query(t, gatewaytest.Token(), "{ viewer { id } }", nil))
	for range 3 {
		wantErrors(t, askAs(t, server, "", "{ __typename }"))
	}
	diff(t, "counted", 5, samples(t, registry)["rate_exceeded_total limit=caller"])
}

// A token that mStudio has not seen costs one call per check, which is limited too.
func TestMaxRatePerCaller_Checks(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxRatePerCaller: 1})
	read := call{method: http.MethodGet, path: "/schema.graphql", header: bearer(bakery)}
	diff(t, "status", http.StatusOK, read.send(t, server).Status)
	wantTooFrequent(t, "the schema", read.send(t, server))
	diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())
}

func trustedNetworks(networks ...string) (parsed []netip.Prefix) {
	for _, each := range networks {
		parsed = append(parsed, netip.MustParsePrefix(each))
	}
	return parsed
}

// fromAddress sends a request through a trusted proxy.
func fromAddress(t *testing.T, server *gatewaytest.Server, address, method, path string) gatewaytest.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.Base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", address)
	request.Header.Set("Origin", "https://portal.example.com")
	request.Header.Set("Access-Control-Request-Method", "POST")
	request.Header.Set("Accept", "application/json")
	return server.Do(t, request)
}

func limitedByAddress(t *testing.T, perMinute int) *gatewaytest.Server {
	t.Helper()
	server, _ := start(t, gateway.Config{
		MaxRatePerAddress: perMinute, TrustedProxies: trustedNetworks("127.0.0.0/8", "198.51.100.0/24"), Subgraph: true, Playground: http.NotFoundHandler(),
		Pictures: http.NotFoundHandler(), CORSOrigins: []string{"https://portal.example.com"}, HintKeys: [][]byte{make([]byte, 32)}, MCP: mcp.Config{Enabled: true},
	})
	return server
}

// Each route but probes and preflights counts.
func TestMaxRatePerAddress(t *testing.T) {
	t.Parallel()
	server := limitedByAddress(t, 1)
	for i, route := range []string{
		"POST /graphql", "GET /graphql/", "POST /hints", "POST /mcp", "POST /subgraph", "GET /subgraph/", "GET /files/link", "GET /pictures/id",
		"GET /", "GET /schema.graphql", "GET /playground", "GET /playground/page.js",
	} {
		address := "192.0.2." + strconv.Itoa(i+1)
		method, path, _ := strings.Cut(route, " ")
		if first := fromAddress(t, server, address, method, path); first.Status == http.StatusTooManyRequests {
			t.Errorf("%s: the first request was rejected", route)
		}
		wantTooFrequent(t, route, fromAddress(t, server, address, method, path))
		for _, other := range []string{"GET /healthz", "GET /readyz", "OPTIONS /graphql"} {
			method, path, _ := strings.Cut(other, " ")
			if got := fromAddress(t, server, address, method, path).Status; got >= http.StatusBadRequest {
				t.Errorf("%s: %d", other, got)
			}
		}
	}
}

// A page can read the error.
func TestMaxRatePerAddress_CORS(t *testing.T) {
	t.Parallel()
	server := limitedByAddress(t, 1)
	for _, path := range []string{"/graphql", "/mcp"} {
		fromAddress(t, server, "192.0.2.1", http.MethodPost, path)
		rejected := fromAddress(t, server, "192.0.2.1", http.MethodPost, path)
		wantTooFrequent(t, path, rejected)
		diff(t, path+": CORS", "https://portal.example.com", rejected.Header.Get("Access-Control-Allow-Origin"))
	}
}

// The addresses of an IPv6 network count together. Those of proxies and of private networks have no limit.
func TestMaxRatePerAddress_Addresses(t *testing.T) {
	t.Parallel()
	server := limitedByAddress(t, 12)
	for _, test := range []struct {
		addresses []string
		rejected  bool
	}{
		{[]string{"192.0.2.1", "192.0.2.1", "192.0.2.1"}, true},
		{[]string{"192.0.2.2", "192.0.2.3", "192.0.2.4"}, false},
		{[]string{"2001:db8::1", "2001:db8::2", "2001:db8::3:4"}, true},
		{[]string{"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"}, false},
		{[]string{"198.51.100.7", "198.51.100.7", "198.51.100.7"}, false},
		{[]string{"10.0.0.1", "10.0.0.1", "10.0.0.1"}, false},
		{[]string{"", "", ""}, false},
	} {
		rejected := false
		for _, address := range test.addresses {
			rejected = fromAddress(t, server, address, http.MethodGet, "/").Status == http.StatusTooManyRequests
		}
		if rejected != test.rejected {
			t.Errorf("%v: the last request was rejected: %t", test.addresses, rejected)
		}
	}
}

// A listener that only routers can reach has no limit, because a router connects for many clients.
func TestMaxRatePerAddress_Routers(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{MaxRatePerAddress: 1, TrustedProxies: trustedNetworks("127.0.0.0/8"), Subgraph: true, SubgraphApart: true})
	routers := httptest.NewServer(http.HandlerFunc(server.Gateway.Subgraph))
	defer routers.Close()
	server.Base = routers.URL
	for range 3 {
		got := call{path: "/subgraph", header: http.Header{"X-Forwarded-For": {"192.0.2.1"}}, body: asking("{ __typename }")}.send(t, server)
		diff(t, "status", http.StatusOK, got.Status)
		diff(t, "status of a file", http.StatusNotFound, fromAddress(t, server, "192.0.2.1", http.MethodGet, "/files/link").Status)
	}
}
