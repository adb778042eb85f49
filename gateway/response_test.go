package gateway_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// wantVary checks that caches distinguish responses by these headers.
func wantVary(t *testing.T, what string, header http.Header, names ...string) {
	t.Helper()
	vary := strings.Join(header.Values("Vary"), ", ")
	for _, name := range names {
		if !slices.Contains(strings.Split(vary, ", "), name) {
			t.Errorf("%s: Vary lacks %s: %s", what, name, vary)
		}
	}
}

// Responses of /graphql must not be cached or sniffed.
func TestResponseHeaders(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for name, request := range map[string]call{
		"data":     {body: viewerBody},
		"error":    {body: `{"query": "{ conversation(id: \"x\") { id } }"}`},
		"syntax":   {body: `{"query": "{"}`},
		"no token": {header: http.Header{"Authorization": nil}},
		"no body":  {},
		"method":   {method: http.MethodPut},
		"accept":   {header: http.Header{"Accept": {"text/html"}}},
	} {
		got := request.send(t, server).Header
		if got.Get("Content-Length") == "" || got.Get("Date") == "" || got.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers are missing: %v", name, got)
		}
		wantVary(t, name, got, "Accept", "Accept-Encoding", "Authorization", "X-Access-Token", "Origin")
		for _, header := range []string{"Content-Length", "Date", "X-Request-Id", "Allow", "Www-Authenticate", "Vary", "Ratelimit", "Ratelimit-Policy"} {
			got.Del(header)
		}
		diff(t, name, http.Header{
			"Cache-Control": {"no-store"}, "Content-Type": {plainJSON}, "X-Content-Type-Options": {"nosniff"},
		}, got)
	}
}

func TestResponseHasErrorsFirst(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	diff(t, "response", "{\"errors\":[{\"message\":\"`id` must be a UUID. For a short ID, use `shortId`.\","+`"path":["conversation"],`+
		`"locations":[{"line":1,"column":3}],"extensions":{"code":"BAD_USER_INPUT"}}],"data":{"conversation":null}}`,
		string(ask(t, server, `{ conversation(id: "x") { id } }`).Body))
	diff(t, "response without errors", `{"data":{"__typename":"Query"}}`, string(ask(t, server, `{ __typename }`).Body))
}

func unzipped(t *testing.T, data []byte) string {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Only large responses are compressed, with an encoding that the client accepts.
func TestCompression(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	const large = `{"query": "{ conversations(first: 50) { nodes { id title } } }"}`
	plain := call{header: http.Header{"Accept-Encoding": {"identity"}}, body: large}.send(t, server)
	for accepted, want := range map[string]string{
		"identity": "", "br": "", "gzip": "gzip", "deflate, gzip;q=0.5": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "gzip;q=0": "",
	} {
		response := call{header: http.Header{"Accept-Encoding": {accepted}}, body: large}.send(t, server)
		diff(t, accepted, want, response.Header.Get("Content-Encoding"))
		if want != "" && len(response.Body) > len(plain.Body)/2 {
			t.Errorf("%s: %d of %d bytes", accepted, len(response.Body), len(plain.Body))
		}
		small := call{header: http.Header{"Accept-Encoding": {accepted}}, body: viewerBody}.send(t, server)
		diff(t, accepted+": small response", "", small.Header.Get("Content-Encoding"))
	}
	zipped := call{header: http.Header{"Accept-Encoding": {"gzip"}}, body: large}.send(t, server)
	diff(t, "response", string(plain.Body), unzipped(t, zipped.Body))
}

// A proxy's request ID is used only if it is safe in a log and a header.
func TestRequestID(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	ours := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for id, taken := range map[string]bool{
		"abc": true, "A.b_c-9": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
		"": false, "a b": false, "a,b": false, `"quoted"`: false, "<script>": false, "größe": false, "a=b": false, "a/b": false,
	} {
		got := call{header: http.Header{"X-Request-Id": {id}}, body: `{"query": "{ __typename }"}`}.send(t, server).Header.Values("X-Request-Id")
		if len(got) != 1 || taken && got[0] != id || !taken && !ours.MatchString(got[0]) {
			t.Errorf("%q: got %q", id, got)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	get := func(path string) gatewaytest.Response {
		return call{method: http.MethodGet, path: path}.send(t, server)
	}
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		response := get(path)
		diff(t, path, want, string(response.Body))
		diff(t, path+": status", http.StatusOK, response.Status)
		diff(t, path+": Content-Type", "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
		diff(t, path+": Cache-Control", "no-store", response.Header.Get("Cache-Control"))
		diff(t, path+": HEAD", http.StatusOK, call{method: http.MethodHead, path: path}.send(t, server).Status)
		diff(t, path+": POST", http.StatusMethodNotAllowed, call{path: path}.send(t, server).Status)
	}
	server.Gateway.Drain()
	diff(t, "readiness while draining", "draining\n", string(get("/readyz").Body))
	diff(t, "its status", http.StatusServiceUnavailable, get("/readyz").Status)
	diff(t, "health while draining", http.StatusOK, get("/healthz").Status)
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, `{ viewer { id } }`)) // requests are still served
}

// Probes need no token, and an unavailable mStudio must not take the gateway out of service.
func TestProbesNeedNoTokenAndNoUpstream(t *testing.T) {
	t.Parallel()
	server := startUnreachable(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		response := call{method: http.MethodGet, path: path, header: http.Header{"Authorization": nil}}.send(t, server)
		diff(t, path, http.StatusOK, response.Status)
	}
}
