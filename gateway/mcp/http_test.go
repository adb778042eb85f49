package mcp_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
)

// No method works without a token, and nobody learns where to get one.
func TestHTTP_RequiresToken(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, method := range []string{"initialize", "tools/list", "tools/call", "ping"} {
		request := newRequest(t, server, http.MethodPost, rpc(t, method, nil))
		request.Header.Del("Authorization")
		response := server.Do(t, request)
		diff(t, "status", http.StatusUnauthorized, response.Status)
		diff(t, "challenge", "Bearer", response.Header.Get("WWW-Authenticate"))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func TestHTTP_Origins(t *testing.T) {
	t.Parallel()
	list := rpc(t, "tools/list", nil)
	server, _ := start(t, gateway.Config{CORSOrigins: []string{"https://portal.example.com", "https://*.example.app"}})
	public, _ := start(t, gateway.Config{PublicURL: "https://api.example.com"})
	for _, test := range []struct {
		server       *gatewaytest.Server
		origin, host string
		want         int
	}{
		{server, "", "", http.StatusOK},
		{server, server.Base, "", http.StatusOK},
		{server, "https://portal.example.com", "", http.StatusOK},
		{server, "https://pr-7.example.app", "", http.StatusOK},
		{server, "https://evil.pr-7.example.app", "", http.StatusForbidden},
		{server, "https://evil.example", "", http.StatusForbidden},
		{server, "null", "", http.StatusForbidden},
		{server, "http://evil.example:8080", "evil.example:8080", http.StatusForbidden}, // a name that was rebound to this machine
		{public, "https://api.example.com", "", http.StatusOK},
		{public, "http://api.example.com", "", http.StatusForbidden},
		{public, public.Base, "", http.StatusForbidden},
	} {
		request := newRequest(t, test.server, http.MethodPost, list)
		if test.origin != "" {
			request.Header.Set("Origin", test.origin)
		}
		request.Host = test.host
		diff(t, "status for "+test.origin, test.want, test.server.Do(t, request).Status)
	}
}

func TestHTTP_Rejected(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxBody: 1000})
	list := rpc(t, "tools/list", nil)
	for _, test := range []struct {
		method, body string
		want         int
	}{
		{http.MethodGet, "", http.StatusMethodNotAllowed},
		{http.MethodDelete, "", http.StatusMethodNotAllowed},
		{http.MethodPost, "", http.StatusBadRequest},
		{http.MethodPost, "[" + list + "]", http.StatusBadRequest},
		{http.MethodPost, `{"jsonrpc":`, http.StatusBadRequest},
		{http.MethodPost, `"text"`, http.StatusBadRequest},
		{http.MethodPost, list + strings.Repeat(" ", 1000), http.StatusRequestEntityTooLarge},
	} {
		diff(t, test.method+" "+test.body[:min(len(test.body), 20)], test.want, server.Do(t, newRequest(t, server, test.method, test.body)).Status)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Without --mcp, there is no such path.
func TestHTTP_Disabled(t *testing.T) {
	t.Parallel()
	server := gatewaytest.NewServer(t, gatewaytest.NewUpstream(t, sandboxConfig()), gateway.Config{MCP: mcp.Config{Writes: true}})
	diff(t, "status", http.StatusNotFound, server.Do(t, newRequest(t, server, http.MethodPost, rpc(t, "tools/list", nil))).Status)
}

// A client that hangs up cancels the calls of its tool, with each version of the protocol.
func TestHTTP_HangUp(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	arrived, left := make(chan struct{}), make(chan struct{})
	upstream.Replace("GET /v2/projects?limit=1000", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(left)
	}))
	request := newRequest(t, server, http.MethodPost, rpc(t, "tools/call", map[string]any{"name": "my_projects"}))
	ctx, cancel := contextOf(t)
	response := server.Start(request.WithContext(ctx))
	<-arrived
	cancel()
	<-left
	<-response
}

// While the gateway stops, clients repeat their requests elsewhere. A call that is running ends.
func TestHTTP_Draining(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	arrived, proceed := make(chan struct{}), make(chan struct{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-proceed
			next.ServeHTTP(w, r)
		})
	})
	body := rpc(t, "tools/call", map[string]any{"name": "my_projects"})
	running := server.Start(newRequest(t, server, http.MethodPost, body))
	<-arrived
	server.Gateway.Drain() // load balancers still send requests
	diff(t, "status", http.StatusOK, server.Do(t, newRequest(t, server, http.MethodPost, rpc(t, "tools/list", nil))).Status)
	server.Gateway.EndStreams(t.Context(), 0)
	for _, body := range []string{body, rpc(t, "tools/list", nil)} {
		rejected := server.Do(t, newRequest(t, server, http.MethodPost, body))
		diff(t, "status", http.StatusServiceUnavailable, rejected.Status)
		diff(t, "Retry-After", "1", rejected.Header.Get("Retry-After"))
	}
	close(proceed)
	response := <-running
	diff(t, "status of the running call", http.StatusOK, response.Status)
}
