package gateway_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/pages"
)

// getPage sends a GET with a token, or without one if it is empty.
func getPage(t *testing.T, server *gatewaytest.Server, path, token string) gatewaytest.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return server.Do(t, request)
}

func TestLandingPageListsEnabledRoutes(t *testing.T) {
	t.Parallel()
	shown := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
	for name, test := range map[string]struct {
		config           gateway.Config
		links, withoutIt []string
	}{
		"alone": {gateway.Config{}, []string{"GET /schema.graphql", "POST /graphql", "your token"}, []string{`"playground"`, "/subgraph", "Version"}},
		"with everything": {
			gateway.Config{Playground: shown, Subgraph: true, Introspection: gateway.IntrospectionOn, Version: "v1.2.3", DemoTokens: []pages.DemoToken{{Token: "demo-1", About: "<b>"}}},
			[]string{`"playground"`, `"schema.graphql"`, "POST /subgraph", "Version v1.2.3", "Bearer demo-1", "&lt;b&gt;"},
			[]string{"your token", "<b>"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, test.config)
			page := getPage(t, server, "/", "")
			for _, text := range test.links {
				if !strings.Contains(string(page.Body), text) {
					t.Errorf("%s is missing in\n%s", text, page.Body)
				}
			}
			for _, text := range test.withoutIt {
				if strings.Contains(string(page.Body), text) {
					t.Errorf("%s is there, in\n%s", text, page.Body)
				}
			}
			want := http.StatusNotFound
			if test.config.Playground != nil {
				want = http.StatusOK
			}
			if got := getPage(t, server, "/playground", ""); got.Status != want {
				t.Errorf("/playground: want %d, got %d", want, got.Status)
			}
			if calls := upstream.TakeCalls(); len(calls) != 0 {
				t.Errorf("want no call, got %v", calls)
			}
		})
	}
}

// TestLandingPageRunsNothing compares the policy with the content of the page.
func TestLandingPageRunsNothing(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	page := getPage(t, server, "/", "")
	if regexp.MustCompile(`(?i)<script|<form|<iframe|\son\w+=|\sstyle=`).Match(page.Body) {
		t.Errorf("the page has what its policy forbids:\n%s", page.Body)
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(page.Body)
	if style == nil {
		t.Fatalf("no style in\n%s", page.Body)
	}
	sum := sha256.Sum256(style[1])
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; "
	if got := page.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, want) {
		t.Errorf("want a policy that starts with\n%s\ngot\n%s", want, got)
	}
	if page.Header.Get("X-Content-Type-Options") != "nosniff" || page.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers: %v", page.Header)
	}
	if got := getPage(t, server, "/elsewhere", ""); got.Status != http.StatusNotFound {
		t.Errorf("/elsewhere: got %d", got.Status)
	}
}

// The rules for the schema as text are those of introspection.
func TestSchemaIsServedAsText(t *testing.T) {
	t.Parallel()
	self := []string{"GET /v2/users/self"}
	for name, test := range map[string]struct {
		introspection gateway.Introspection
		token         string
		status        int
		calls         []string
	}{
		"to anybody":            {gateway.IntrospectionOn, "", http.StatusOK, nil},
		"to a caller":           {gateway.IntrospectionAuthenticated, gatewaytest.Token(), http.StatusOK, self},
		"without a token":       {gateway.IntrospectionAuthenticated, "", http.StatusUnauthorized, nil},
		"with an unknown token": {gateway.IntrospectionAuthenticated, "nobody's", http.StatusUnauthorized, self},
		"if off":                {gateway.IntrospectionOff, gatewaytest.Token(), http.StatusNotFound, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{Introspection: test.introspection})
			response := getPage(t, server, "/schema.graphql", test.token)
			diff(t, "status", test.status, response.Status)
			diff(t, "calls", test.calls, upstream.TakeCalls())
			if test.status == http.StatusOK {
				wantPublicSchema(t, response)
			}
		})
	}
}

func TestSchemaAsTextWhileMStudioFails(t *testing.T) {
	t.Parallel()
	server := startUnreachable(t)
	response := getPage(t, server, "/schema.graphql", gatewaytest.Token())
	wantRejected(t, response, http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
}

// The error of mStudio determines the status and Retry-After.
func TestSchemaAsText_UpstreamErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		response   http.HandlerFunc
		status     int
		code       string
		retryAfter string
	}{
		"a rate": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		}, http.StatusTooManyRequests, "RATE_LIMITED", "60"},
		"a permission": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, http.StatusForbidden, "FORBIDDEN", ""},
		"sense":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, http.StatusBadGateway, "UPSTREAM_BAD_RESPONSE", ""},
		"time":         {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, http.StatusGatewayTimeout, "TIMEOUT", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := gateway.Config{}
			if test.code == "TIMEOUT" {
				config.OperationTimeout = 200 * time.Millisecond
			}
			server, upstream := start(t, config)
			upstream.Replace("GET /v2/users/self", test.response)
			response := getPage(t, server, "/schema.graphql", gatewaytest.Token())
			wantRejected(t, response, test.status, test.code)
			diff(t, "Retry-After", test.retryAfter, response.Header.Get("Retry-After"))
			diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())
		})
	}
}

func wantPublicSchema(t *testing.T, response gatewaytest.Response) {
	t.Helper()
	diff(t, "Vary", "Accept-Encoding, Authorization, X-Access-Token", strings.Join(response.Header.Values("Vary"), ", "))
	diff(t, "Content-Type", "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: string(response.Body)})
	if err != nil {
		t.Fatalf("%v in\n%s", err, response.Body)
	}
	if schema.Types["Conversation"] == nil || schema.Types["_Entity"] != nil {
		t.Errorf("it is not the public schema:\n%s", response.Body)
	}
}
