package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

// Accept headers of Chromium and Firefox.
const (
	chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefox  = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
)

// A browser that opens the endpoint is redirected to the landing page, and nothing is executed.
func TestEndpoint_RedirectsBrowsers(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, accept := range []string{chromium, firefox, "text/html"} {
		for path, location := range map[string]string{"/graphql": "./", "/graphql?query=%7Bviewer%7Bid%7D%7D": "./", "/graphql/": "./../"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Base+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept", accept)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			diff(t, accept, http.StatusSeeOther, response.StatusCode)
			diff(t, "Location", location, response.Header.Get("Location"))
			diff(t, "Cache-Control", "no-store", response.Header.Get("Cache-Control"))
			if vary := response.Header.Get("Vary"); !strings.Contains(vary, "Accept") {
				t.Errorf("Vary: %q", vary)
			}
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Other clients get JSON, whatever else they accept.
func TestEndpoint_RedirectsOnlyBrowsers(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for _, accept := range []string{"", "*/*", "application/json, text/html", "application/json, text/plain, */*", "text/*;q=0.5, */*", "text/html;q=0.9, application/graphql-response+json"} {
		response := call{method: http.MethodGet, path: "/graphql?query=%7B__typename%7D", header: http.Header{"Accept": {accept}}}.send(t, server)
		wantErrors(t, response)
		wantData(t, response, `{"__typename": "Query"}`)
		wantErrors(t, call{path: "/graphql/", body: viewerBody}.send(t, server))
	}
}
