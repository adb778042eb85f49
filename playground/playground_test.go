package playground_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/playground"
)

const root = "/playground"

// hostile is an operation that ends the script element of the settings if it is not escaped.
const hostile = `query Q { a(b: "</script><script>alert(1)</script>") }`

func config() playground.Config {
	return playground.Config{
		Schema: "on", Token: "</script>",
		Tabs: []playground.Tab{{Query: hostile, Variables: `{"id": "1"}`}},
	}
}

func start(t *testing.T) *httptest.Server {
	t.Helper()
	page, err := playground.New(root, config())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	return server
}

type response struct {
	*http.Response
	body []byte
}

// get sends a request with an Accept-Encoding header, unless encoding is empty. It does not decompress the response.
func get(t *testing.T, method, url, encoding string) response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if encoding != "" {
		request.Header.Set("Accept-Encoding", encoding)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	got, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{got, body}
}

// assets returns the paths of the assets in the page.
func assets(t *testing.T, page []byte) []string {
	t.Helper()
	var found []string
	for _, match := range regexp.MustCompile(`(?:href|src)="([^":]+)"`).FindAllSubmatch(page, -1) {
		found = append(found, "/"+string(match[1]))
	}
	if len(found) != 2 {
		t.Fatalf("want a script and a style sheet, got %q in\n%s", found, page)
	}
	return found
}

func TestPageHasOnlyItsSettings(t *testing.T) {
	t.Parallel()
	server := start(t)
	page := get(t, http.MethodGet, server.URL+root, "gzip")
	match := regexp.MustCompile(`(?s)<script type="application/json" id="settings">(.*?)</script>`).FindSubmatch(page.body)
	if match == nil {
		t.Fatalf("no settings in\n%s", page.body)
	}
	var got playground.Config
	if err := json.Unmarshal(match[1], &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config(), got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if scripts := strings.Count(string(page.body), "<script"); scripts != 2 {
		t.Errorf("want the settings and one script, got %d in\n%s", scripts, page.body)
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	server := start(t)
	page := get(t, http.MethodGet, server.URL+root, "gzip")
	for _, path := range append(assets(t, page.body), root) {
		header := get(t, http.MethodGet, server.URL+path, "gzip").Header
		policy := header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self';", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy is too wide: %s", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: want %s: %s, got %q", path, name, want, got)
			}
		}
	}
}

func TestAssetsWithoutGzip(t *testing.T) {
	t.Parallel()
	server := start(t)
	page := get(t, http.MethodGet, server.URL+root, "")
	if page.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the page must not be cached: %v", page.Header)
	}
	for _, path := range assets(t, page.body) {
		compressed := get(t, http.MethodGet, server.URL+path, "br, gzip;q=0.8")
		if got := compressed.Header.Get("Content-Encoding"); got != "gzip" {
			t.Fatalf("%s: Content-Encoding is %q", path, got)
		}
		reader, err := gzip.NewReader(bytes.NewReader(compressed.body))
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, encoding := range []string{"", "identity", "br", "gzip;q=0", "*, gzip;q=0", "!"} {
			plain := get(t, http.MethodGet, server.URL+path, encoding)
			if plain.Header.Get("Content-Encoding") != "" || !bytes.Equal(plain.body, want) {
				t.Errorf("%s with %q: %d bytes, want %d; %v", path, encoding, len(plain.body), len(want), plain.Header)
			}
		}
		for _, header := range []http.Header{compressed.Header, get(t, http.MethodHead, server.URL+path, "*").Header} {
			if header.Get("Vary") != "Accept-Encoding" || !strings.Contains(header.Get("Cache-Control"), "immutable") || header.Get("Content-Encoding") != "gzip" {
				t.Errorf("%s: %v", path, header)
			}
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	server := start(t)
	version := regexp.MustCompile(`playground/[0-9a-f]{16}/`).FindString(string(get(t, http.MethodGet, server.URL+root, "").body))
	for path, want := range map[string]int{
		root + "/":                                http.StatusPermanentRedirect,
		root + "/main.js":                         http.StatusNotFound,
		root + "/0123456789abcdef/main.js":        http.StatusNotFound,
		"/" + version + "none.js":                 http.StatusNotFound,
		"/" + version + "..%2f..%2fplayground.go": http.StatusNotFound,
		"/" + version + "licences.txt":            http.StatusOK,
	} {
		if got := get(t, http.MethodGet, server.URL+path, "gzip").StatusCode; got != want {
			t.Errorf("%s: want %d, got %d", path, want, got)
		}
	}
	if got := get(t, http.MethodGet, server.URL+root+"/", "").Header.Get("Location"); got != "../playground" {
		t.Errorf("Location is %q, which fails below a path prefix", got)
	}
	if got := get(t, http.MethodPost, server.URL+root, "").StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d", got)
	}
}
