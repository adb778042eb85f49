package gateway

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/rest"
)

// keeping returns a Config with a client whose mStudio nobody serves, because nothing below calls it.
func keeping(t *testing.T) Config {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: "http://127.0.0.1:1/"})
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Client: client}
	if err := defaults.Set(&config); err != nil {
		t.Fatal(err)
	}
	return config
}

// wantParsed fails if the next request with a document would parse it again.
func wantParsed(t *testing.T, e *endpoint, text string) {
	t.Helper()
	_, _ = e.documents.Parsed(text, func(string) (*ast.QueryDocument, gqlerror.List) {
		t.Error("the document is parsed again")
		return nil, nil
	})
}

// Trusted documents stay parsed, although mStudio has not accepted the caller's token: many need no call.
func TestTrustedDocumentsStayParsed(t *testing.T) {
	t.Parallel()
	const text = `{ __typename }`
	config := keeping(t)
	config.TrustedDocuments = documents.Manifests{All: map[string]string{"name": text}}
	g, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/graphql", strings.NewReader(`{"documentId": "name"}`))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer of-nobody")
	response := httptest.NewRecorder()
	g.ServeHTTP(response, request)
	if got := response.Body.String(); response.Code != 200 || !strings.Contains(got, `{"__typename":"Query"}`) {
		t.Fatalf("status %d: %s", response.Code, got)
	}
	wantParsed(t, g.api, text)
}

// The documents of tools stay parsed in the same way, and their endpoint runs no other documents.
func TestToolsStayParsed(t *testing.T) {
	t.Parallel()
	const text = "# Name the root.\nquery Root { __typename }"
	config := keeping(t)
	config.MCP.Documents = map[string]string{"root": text}
	p, err := newParts(config)
	if err != nil {
		t.Fatal(err)
	}
	made, err := p.toolEndpoint()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.newTools(made); err != nil {
		t.Fatal(err)
	}
	for document, want := range map[string]string{text: "", `{ __typename }`: "Only trusted documents are executed."} {
		outcome := made.callTool(t.Context(), mcp.Call{Token: rest.Token{}, Document: document})
		if got := outcome.Response.Errors.Error(); !strings.Contains(got, want) || want == "" && len(outcome.Response.Errors) > 0 {
			t.Errorf("%s: %s", document, got)
		}
		outcome.Release()
	}
	wantParsed(t, made, text)
}
