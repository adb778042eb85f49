package gateway_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

func getPage(t *testing.T, door *gatewaytest.Door, path string) gatewaytest.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, door.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return door.Do(t, request)
}

func TestLandingPageSaysWhatIsOn(t *testing.T) {
	t.Parallel()
	shown := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
	for name, test := range map[string]struct {
		config           gateway.Config
		links, withoutIt []string
	}{
		"alone": {gateway.Config{}, []string{`"schema.graphql"`, "POST /graphql", "your token"}, []string{`"playground"`, "/subgraph", "Version"}},
		"with everything": {
			gateway.Config{Playground: shown, Subgraph: true, Version: "v1.2.3", DemoTokens: []gateway.DemoToken{{Token: "demo-1", About: "<b>"}}},
			[]string{`"playground"`, "POST /subgraph", "Version v1.2.3", "Bearer demo-1", "&lt;b&gt;"},
			[]string{"your token", "<b>"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			door, upstream := start(t, test.config)
			page := getPage(t, door, "/")
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
			if got := getPage(t, door, "/playground"); got.Status != want {
				t.Errorf("/playground: want %d, got %d", want, got.Status)
			}
			if calls := upstream.TakeCalls(); len(calls) != 0 {
				t.Errorf("want no call, got %v", calls)
			}
		})
	}
}

// TestLandingPageRunsNothing holds the policy against what the page has.
func TestLandingPageRunsNothing(t *testing.T) {
	t.Parallel()
	door, _ := start(t, gateway.Config{})
	page := getPage(t, door, "/")
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
	if got := getPage(t, door, "/elsewhere"); got.Status != http.StatusNotFound {
		t.Errorf("/elsewhere: got %d", got.Status)
	}
}

func TestSchemaIsServedAsText(t *testing.T) {
	t.Parallel()
	door, upstream := start(t, gateway.Config{})
	answer := getPage(t, door, "/schema.graphql")
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: string(answer.Body)})
	if err != nil {
		t.Fatalf("%v in\n%s", err, answer.Body)
	}
	if schema.Types["Conversation"] == nil || schema.Types["_Entity"] != nil {
		t.Errorf("it is not the public schema:\n%s", answer.Body)
	}
	if got := answer.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type is %s", got)
	}
	if calls := upstream.TakeCalls(); len(calls) != 0 {
		t.Errorf("want no call, got %v", calls)
	}
}
