package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

const (
	portal         = "https://portal.example.com"
	exposedHeaders = "X-Request-Id, X-Event-Id, Retry-After, Ratelimit, Ratelimit-Policy, Content-Disposition, Content-Range, Accept-Ranges, Etag"
)

// corsHeaders returns the CORS headers of a response.
func corsHeaders(response gatewaytest.Response) map[string]string {
	found := map[string]string{}
	for name := range response.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			found[name] = response.Header.Get(name)
		}
	}
	return found
}

func from(origin string) call {
	return call{header: http.Header{"Origin": {origin}}, body: viewerBody}
}

func preflight(origin, method, headers string) call {
	return call{method: http.MethodOptions, header: http.Header{
		"Origin": {origin}, "Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {headers},
		"Authorization": nil, "Content-Type": nil,
	}}
}

// wantAdmitted checks that a preflight of the portal succeeded.
func wantAdmitted(t *testing.T, response gatewaytest.Response, method, headers string) {
	t.Helper()
	diff(t, "status", http.StatusNoContent, response.Status)
	diff(t, headers, map[string]string{
		"Access-Control-Allow-Origin": portal, "Access-Control-Allow-Methods": method, "Access-Control-Allow-Headers": headers,
		"Access-Control-Max-Age": "600",
	}, corsHeaders(response))
}

// wantReadable checks that a page of the origin may read the response.
func wantReadable(t *testing.T, response gatewaytest.Response, origin string) {
	t.Helper()
	diff(t, origin, map[string]string{
		"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": exposedHeaders,
	}, corsHeaders(response))
}

func TestCORSIsClosedByDefault(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for _, origin := range []string{portal, "null", "http://localhost:3000", server.Base} {
		diff(t, origin, map[string]string{}, corsHeaders(from(origin).send(t, server)))
		diff(t, origin+": preflight", map[string]string{}, corsHeaders(preflight(origin, "POST", "authorization,content-type").send(t, server)))
	}
}

func TestCORSAllowsConfiguredOrigins(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{CORSOrigins: []string{portal, "https://other.example.com"}})
	for _, origin := range []string{portal, "https://other.example.com"} {
		response := from(origin).send(t, server)
		wantErrors(t, response)
		wantReadable(t, response, origin)
	}
	upstream.TakeCalls()
	for _, headers := range []string{
		"authorization,content-type", "content-type,x-access-token", "x-explain", "x-request-id", "x-if-event-reached",
		"apollo-require-preflight", "graphql-preflight", "x-requested-with",
		// Client families: Apollo Client, its persisted documents, urql, Relay, graphql-request, and fetch by hand.
		"apollographql-client-name,apollographql-client-version,authorization,content-type",
		"authorization,content-type,x-apollo-operation-id,x-apollo-operation-name",
		"authorization,content-type,graphql-client-name,graphql-client-version",
		"authorization,content-type,x-relay-fetch",
		"authorization,content-type,x-graphql-client-name",
		"authorization,cache-control,content-type,pragma",
		// Tracing libraries: OpenTelemetry, Sentry, Datadog, and Elastic.
		"authorization,baggage,content-type,traceparent,tracestate",
		"authorization,baggage,content-type,sentry-trace",
		"authorization,content-type,traceparent,tracestate,x-datadog-origin,x-datadog-parent-id,x-datadog-sampling-priority,x-datadog-trace-id",
		"authorization,content-type,elastic-apm-traceparent",
	} {
		response := preflight(portal, "POST", headers).send(t, server)
		wantAdmitted(t, response, "POST", headers)
		wantVary(t, headers, response.Header, "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func TestCORSRejectsOthers(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{CORSOrigins: []string{portal}})
	for _, origin := range []string{
		"https://evil.example.com", "http://portal.example.com", "https://portal.example.com:444", "https://portal.example.com.evil.example", "null", "*", "",
	} {
		response := from(origin).send(t, server)
		diff(t, origin, "", response.Header.Get("Access-Control-Allow-Origin"))
		diff(t, origin+": credentials", "", response.Header.Get("Access-Control-Allow-Credentials"))
		diff(t, origin+": preflight", map[string]string{}, corsHeaders(preflight(origin, "POST", "content-type").send(t, server)))
	}
	diff(t, "method", map[string]string{}, corsHeaders(preflight(portal, "DELETE", "content-type").send(t, server)))
}

// An operator can restrict the headers to those of the gateway and a list.
func TestCORSHeaders(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{CORSOrigins: []string{portal}, CORSHeaders: []string{"Baggage", "Sentry-Trace"}})
	for _, headers := range []string{
		"apollo-require-preflight,authorization,content-type", "graphql-preflight,x-access-token,x-explain,x-if-event-reached,x-request-id,x-requested-with",
		"if-range,range", "baggage,content-type,sentry-trace",
	} {
		wantAdmitted(t, preflight(portal, "POST", headers).send(t, server), "POST", headers)
	}
	diff(t, "header", map[string]string{}, corsHeaders(preflight(portal, "POST", "content-type,x-datadog-origin").send(t, server)))
	diff(t, "origin", map[string]string{}, corsHeaders(preflight("https://evil.example.com", "POST", "baggage").send(t, server)))
}

// OPTIONS without a preflight lists the methods, for any client. The subgraph allows no preflight.
func TestOptions(t *testing.T) {
	t.Parallel()
	for _, origins := range [][]string{nil, {portal}} {
		server, upstream := start(t, gateway.Config{CORSOrigins: origins, Subgraph: true})
		for path, methods := range map[string]string{
			"/graphql": "GET, POST, OPTIONS", "/graphql/": "GET, POST, OPTIONS", "/files/x": "GET, HEAD, OPTIONS",
			"/subgraph": "GET, POST, OPTIONS", "/subgraph/": "GET, POST, OPTIONS",
		} {
			response := call{method: http.MethodOptions, path: path, header: http.Header{"Authorization": nil}}.send(t, server)
			diff(t, path, http.StatusNoContent, response.Status)
			diff(t, path+": Allow", methods, response.Header.Get("Allow"))
		}
		asked := preflight(portal, "POST", "content-type")
		asked.path = "/subgraph"
		diff(t, "preflight for the subgraph", map[string]string{}, corsHeaders(asked.send(t, server)))
		diff(t, "calls", 0, len(upstream.TakeCalls()))
	}
}

// A page may read files, ranges of them, and their names. Without origins, the route has no CORS headers.
func TestCORSOfFiles(t *testing.T) {
	t.Parallel()
	config := manyFiles()
	config.CORSOrigins = []string{portal}
	server, upstream := start(t, config)
	link := strings.TrimPrefix(linksOf(t, server)[0].Saved.URL, server.Base)
	upstream.TakeCalls()
	asked := preflight(portal, "GET", "if-range,range,traceparent")
	asked.path = link
	wantAdmitted(t, asked.send(t, server), "GET", "if-range,range,traceparent")
	diff(t, "calls", []string(nil), upstream.TakeCalls())
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		file := call{method: method, path: link, header: http.Header{"Origin": {portal}, "Authorization": nil}}.send(t, server)
		diff(t, method, http.StatusOK, file.Status)
		wantReadable(t, file, portal)
	}
	closed, _ := start(t, gateway.Config{})
	diff(t, "without origins", map[string]string{}, corsHeaders(asked.send(t, closed)))
}

// Pages of preview deployments may call the gateway, never with credentials. Names of other domains do not match.
func TestCORSPatterns(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{CORSOrigins: []string{"https://*.example.app"}})
	const preview = "https://pr-7.example.app"
	wantReadable(t, from(preview).send(t, server), preview)
	diff(t, "preflight", preview, corsHeaders(preflight(preview, "POST", "authorization").send(t, server))["Access-Control-Allow-Origin"])
	for _, origin := range []string{"https://example.app", "https://evil.pr-7.example.app", "https://pr-7.example.app.evil.example", "http://pr-7.example.app", "null"} {
		response := from(origin).send(t, server)
		diff(t, origin, map[string]string{}, corsHeaders(response))
		diff(t, origin+": preflight", map[string]string{}, corsHeaders(preflight(origin, "POST", "content-type").send(t, server)))
		wantVary(t, origin, response.Header, "Origin")
	}
}

// A wildcard must be in the first label, and the rest must be a domain.
func TestCORSRejectsWildcards(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	client, err := rest.New(rest.Config{BaseURL: upstream.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for _, origin := range []string{
		"*", "https://*", "https://portal.*", "https://*:8443", "https://*.app", "https://*.app:8443", "https://*.*.example.app", "https://a.*.example.app", "https://**.example.app",
		"https://*example.app", "https://*..app", "https://a.example:*", "http*://a.example",
		"", "null", "a.example", "ftp://a.example", "https://a.example/", "https://user@a.example",
	} {
		if _, err := gateway.New(gateway.Config{Client: client, CORSOrigins: []string{portal, origin}}); err == nil {
			t.Errorf("%q is taken", origin)
		}
	}
	for _, origin := range []string{portal, "http://localhost:3000", "http://[::1]:3000", "https://*.example.app", "https://pr-*-web.example.app:8443"} {
		if _, err := gateway.New(gateway.Config{Client: client, CORSOrigins: []string{origin}}); err != nil {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
