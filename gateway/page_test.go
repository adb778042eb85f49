package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

// What Chromium and Firefox accept when somebody opens an address.
const (
	chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefox  = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
)

// Who opens the endpoint in a browser finds a page, which loads nothing, and nothing is executed for it.
func TestPageForPeople(t *testing.T) {
	t.Parallel()
	door, upstream := start(t, gateway.Config{})
	for _, accept := range []string{chromium, firefox, "text/html"} {
		for _, path := range []string{"/graphql", "/graphql?query=%7Bviewer%7Bid%7D%7D"} {
			answer := call{method: http.MethodGet, path: path, header: http.Header{"Accept": {accept}, "Authorization": nil, "Content-Type": nil}}.send(t, door)
			diff(t, accept, http.StatusOK, answer.Status)
			diff(t, "Content-Type", "text/html; charset=utf-8", answer.Header.Get("Content-Type"))
			diff(t, "Cache-Control", "no-store", answer.Header.Get("Cache-Control"))
			if policy := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("policy %q", policy)
			}
			if !strings.Contains(string(answer.Body), `<a href="/">`) {
				t.Errorf("no link: %s", answer.Body)
			}
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Programs get JSON, whatever else they accept.
func TestPageIsNotForPrograms(t *testing.T) {
	t.Parallel()
	door, _ := start(t, gateway.Config{})
	for _, accept := range []string{"", "*/*", "application/json, text/html", "application/json, text/plain, */*", "text/*;q=0.5, */*", "text/html;q=0.9, application/graphql-response+json"} {
		answer := call{method: http.MethodGet, path: "/graphql?query=%7B__typename%7D", header: http.Header{"Accept": {accept}}}.send(t, door)
		wantErrors(t, answer)
		wantData(t, answer, `{"__typename": "Query"}`)
	}
}
