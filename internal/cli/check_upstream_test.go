package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mstudio-graphql/sandbox"
)

// waitFor returns when the output contains text.
func (o *output) waitFor(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(o.String(), text) {
		select {
		case <-o.written:
		case <-t.Context().Done():
			t.Fatalf("want %q, got %s", text, o)
		}
	}
}

// An operator learns at the start that mStudio cannot be reached, and why.
func TestCheckUpstream(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	t.Cleanup(page.Close)
	for reason, upstream := range map[string]string{"refused": closed.URL, "not_json": page.URL} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			p := launch(t, "--upstream-url="+upstream, "--listen=127.0.0.1:0")
			p.stderr.waitFor(t, `msg="mStudio check failed" reason=`+reason)
			if err := p.end(); err != nil {
				t.Error(err)
			}
			if strings.Count(p.stderr.String(), "WARN") != 1 || strings.Contains(p.stderr.String(), strings.TrimPrefix(upstream, "http://")) {
				t.Errorf("log: %s", p.stderr)
			}
		})
	}
}

// The check is one call, without a token, and logs nothing if it succeeds.
func TestCheckUpstream_IsOneCall(t *testing.T) {
	t.Parallel()
	calls := make(chan string, 10)
	served := sandbox.New(sandbox.Config{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls <- r.Method + " " + r.URL.Path + " " + r.Header.Get("X-Access-Token")
		served.ServeHTTP(w, r)
	}))
	t.Cleanup(upstream.Close)
	p := launch(t, "--upstream-url="+upstream.URL, "--listen=127.0.0.1:0", "--log-level=debug")
	p.stderr.waitFor(t, `op="GET /conversation-categories"`)
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if got := <-calls; got != "GET /v2/conversation-categories " || len(calls) > 0 {
		t.Errorf("got %q and %d further calls", got, len(calls))
	}
	if strings.Contains(p.stderr.String(), "WARN") {
		t.Errorf("log: %s", p.stderr)
	}
}
