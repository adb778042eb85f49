package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/sandbox"
)

func TestPlayground(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments     []string
		served, token bool // token: the page contains a demo token and demo IDs
	}{
		"default": {nil, false, false},
		"sandbox": {[]string{"--sandbox"}, true, true},
		"mStudio": {[]string{"--playground"}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var given commands
			parser, err := kong.New(&given)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(test.arguments); err != nil {
				t.Fatal(err)
			}
			var got gateway.Config
			if err := addPages(given.Serve, &got); err != nil {
				t.Fatal(err)
			}
			if served := got.Playground != nil; served != test.served {
				t.Fatalf("served: want %t, got %t", test.served, served)
			}
			if !test.served {
				return
			}
			page := servedPage(t, got.Playground)
			for _, demo := range []string{sandbox.DemoTokens()[0].Token, "00000000-0000-4000-8000-000000000000"} {
				if strings.Contains(page, demo) != test.token {
					t.Errorf("%s: want %t in\n%s", demo, test.token, page)
				}
			}
			if (len(got.DemoTokens) > 0) != test.token {
				t.Errorf("tokens on the landing page: %v", got.DemoTokens)
			}
			if !strings.Contains(page, "query Welcome") || !strings.Contains(page, "query Inbox") {
				t.Errorf("no examples in\n%s", page)
			}
			if strings.Contains(page, "Upload!") {
				t.Errorf("an example that needs files in\n%s", page)
			}
		})
	}
}

func servedPage(t *testing.T, page http.Handler) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	page.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/playground", nil))
	text, err := io.ReadAll(recorder.Body)
	if err != nil || recorder.Code != http.StatusOK {
		t.Fatal(recorder.Code, err)
	}
	return string(text)
}
