package gatewaytest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Door is a gateway on a real HTTP server.
type Door struct {
	// URL is where the API is, /graphql included.
	URL string
	// Base is where the server is.
	Base string
	// Gateway is the handler behind it.
	Gateway *gateway.Gateway

	client *http.Client
}

// NewDoor starts a gateway in front of an upstream; both end with the test. The client of the configuration is made
// here.
func NewDoor(t testing.TB, upstream *Upstream, config gateway.Config) *Door {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: upstream.URL, Log: config.Log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	config.Client = client
	g, err := gateway.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &Door{URL: server.URL + "/graphql", Base: server.URL, Gateway: g, client: server.Client()}
}

// Answer is what the gateway said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Token returns the token of the demo caller who sees most.
func Token() string { return sandbox.DemoTokens()[0].Token }

// Query posts an operation as the owner of token.
func (d *Door) Query(t testing.TB, token, query string, variables map[string]any) Answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return d.Do(t, request)
}

// Do sends any request and reads the whole answer.
func (d *Door) Do(t testing.TB, request *http.Request) Answer {
	t.Helper()
	response, err := d.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body) //nolint:forbidigo // our own server's answer, in a test
	if err != nil {
		t.Fatal(err)
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body}
}
