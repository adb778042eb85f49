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

// Server is a gateway on a real HTTP server.
type Server struct {
	// URL is where the API is, /graphql included.
	URL string
	// Base is where the server is.
	Base string
	// Gateway is the handler behind it.
	Gateway *gateway.Gateway

	server *httptest.Server
}

// NewServer starts a gateway in front of an upstream; both end with the test. The client of the configuration is made
// here, unless there is one: then nothing is known about an upstream, which may be nil.
func NewServer(t testing.TB, upstream *Upstream, config gateway.Config) *Server {
	t.Helper()
	if config.Client == nil {
		client, err := rest.New(rest.Config{BaseURL: upstream.URL, Log: config.Log})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		config.Client = client
	}
	g, err := gateway.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &Server{URL: server.URL + "/graphql", Base: server.URL, Gateway: g, server: server}
}

// Close waits until all requests are done, their log records included, and stops the server.
func (s *Server) Close() { s.server.Close() }

// Answer is what the gateway said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Token returns the token of the demo caller who sees most.
func Token() string { return sandbox.DemoTokens()[0].Token }

// Query posts an operation as the owner of token.
func (s *Server) Query(t testing.TB, token, query string, variables map[string]any) Answer {
	t.Helper()
	return s.Do(t, s.NewRequest(t, token, query, variables))
}

// NewRequest makes the request that Query sends.
func (s *Server) NewRequest(t testing.TB, token, query string, variables map[string]any) *http.Request {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return request
}

// Do sends any request and reads the whole answer.
func (s *Server) Do(t testing.TB, request *http.Request) Answer {
	t.Helper()
	answer, err := s.Send(request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Start sends a request in the background. The channel gets one answer, or is closed if there was none.
func (s *Server) Start(request *http.Request) <-chan Answer {
	answers := make(chan Answer, 1)
	go func() {
		defer close(answers)
		if answer, err := s.Send(request); err == nil {
			answers <- answer
		}
	}()
	return answers
}

// Send is Do for a request that may well fail.
func (s *Server) Send(request *http.Request) (Answer, error) {
	response, err := s.server.Client().Do(request) //nolint:gosec // the test says where to
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body) //nolint:forbidigo // our own server's answer, in a test
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// Discard sends a request and counts the bytes of the answer instead of keeping them.
func (s *Server) Discard(request *http.Request) (int64, error) {
	response, err := s.server.Client().Do(request) //nolint:gosec // the test says where to
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.Copy(io.Discard, response.Body)
}
