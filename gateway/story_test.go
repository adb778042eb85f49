package gateway_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

var update = flag.Bool("update", false, "rewrite what the stories want to what they got")

// TestStories runs testdata/stories. A story is one operation: query.graphql, variables.json, optionally token and
// path, want.json (the response) and want.calls (the upstream calls, sorted). A section "-- upstream GET /v2/... --"
// replaces a response of the sandbox: it has a status, headers, an empty line and a body. Each story runs with and
// without the renderer, because the response must not depend on it.
func TestStories(t *testing.T) {
	t.Parallel()
	schema := publicSchema(t)
	for name, file := range storyFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, sections := readStory(t, file)
			for _, config := range []gateway.Config{{Subgraph: true}, {Subgraph: true, NoRenderer: true}} {
				upstream := storyUpstream(t, archive)
				tellStory(t, schema, sections, upstream, gatewaytest.NewServer(t, upstream, config))
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// storyFiles returns the files of all stories by name.
func storyFiles(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	named := map[string]string{}
	for _, file := range files {
		named[strings.TrimSuffix(filepath.Base(file), ".txtar")] = file
	}
	return named
}

// tellStory sends the operation of a story and checks the response and the calls.
func tellStory(t *testing.T, schema *ast.Schema, sections map[string]*txtar.File, upstream *gatewaytest.Upstream, server *gatewaytest.Server) {
	t.Helper()
	if path, ok := sections["path"]; ok {
		server.URL = server.Base + strings.TrimSpace(string(path.Data))
	}
	response := server.Query(t, storyToken(sections), string(sections["query.graphql"].Data), storyVariables(t, sections))
	checkErrors(t, response)
	checkTimes(t, response.Body)
	checkNulls(t, schema, string(sections["query.graphql"].Data), "", response.Body)
	body := bytes.ReplaceAll(response.Body, []byte(upstream.URL), []byte("http://upstream"))
	for _, local := range []string{`,"idempotency":"local"`, `,"extensions":{"idempotency":"local"}`} { // of a broken store
		body = bytes.ReplaceAll(body, []byte(local), nil)
	}
	check(t, sections["want.json"], pretty(t, body))
	check(t, sections["want.calls"], []byte(strings.Join(append(upstream.TakeCalls(), ""), "\n")))
}

// readStory reads an archive.
func readStory(t *testing.T, file string) (*txtar.Archive, map[string]*txtar.File) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]*txtar.File{}
	for i := range archive.Files {
		sections[archive.Files[i].Name] = &archive.Files[i]
	}
	return archive, sections
}

// storyUpstream is a sandbox with a fixed clock.
func storyUpstream(t *testing.T, archive *txtar.Archive) *gatewaytest.Upstream {
	t.Helper()
	noon := time.Date(2026, time.September, 1, 12, 0, 0, 0, time.UTC)
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{Now: func() time.Time { return noon }})
	for _, section := range archive.Files {
		if call, ok := strings.CutPrefix(section.Name, "upstream "); ok {
			upstream.Replace(call, cannedResponse(t, section.Data))
		}
	}
	return upstream
}

func storyToken(sections map[string]*txtar.File) string {
	if section, ok := sections["token"]; ok {
		return strings.TrimSpace(string(section.Data))
	}
	return gatewaytest.Token()
}

func storyVariables(t *testing.T, sections map[string]*txtar.File) map[string]any {
	t.Helper()
	section, ok := sections["variables.json"]
	if !ok {
		return nil
	}
	return decode[map[string]any](t, section.Data)
}

func check(t *testing.T, want *txtar.File, got []byte) {
	t.Helper()
	if want == nil {
		t.Fatal("the story lacks want.json or want.calls")
	}
	if *update {
		want.Data = got
	}
	diff(t, want.Name, string(want.Data), string(got))
}

// pretty indents JSON and keeps the order of members.
func pretty(t *testing.T, body []byte) []byte {
	t.Helper()
	response := decode[struct {
		Errors     []json.RawMessage `json:"errors,omitempty"`
		Data       json.RawMessage   `json:"data,omitempty"`
		Extensions json.RawMessage   `json:"extensions,omitempty"`
	}](t, body)
	var indented bytes.Buffer
	encoder := json.NewEncoder(&indented)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(response); err != nil {
		t.Fatal(err)
	}
	return indented.Bytes()
}

// cannedResponse parses a status, optionally with headers, an empty line and a body.
func cannedResponse(t *testing.T, data []byte) http.Handler {
	t.Helper()
	head, body, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	status, err := strconv.Atoi(lines[0])
	if err != nil {
		t.Fatalf("an upstream section must start with a status: %v", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ":")
			w.Header().Set(name, strings.TrimSpace(value))
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}
