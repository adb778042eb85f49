package gatewaytest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Server is a gateway on a real HTTP server.
type Server struct {
	// URL is the address of the API, including /graphql.
	URL string
	// Base is the address of the server.
	Base string
	// Gateway is its handler.
	Gateway *gateway.Gateway

	server *httptest.Server
}

// NewServer starts a gateway that calls upstream. It stops at the end of the test. If config has a Client, upstream is not
// used and may be nil. All servers share a link key, like replicas.
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
	if config.LinkKeys == nil {
		config.LinkKeys = [][]byte{make([]byte, 32)}
	}
	if config.MinInFlight == 0 {
		config.MinInFlight = math.MaxInt // the processors are often busy with other tests
	}
	g, err := gateway.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	t.Cleanup(func() { g.EndStreams(context.Background(), 0) }) //nolint:usetesting // that of the test has ended
	return &Server{URL: server.URL + "/graphql", Base: server.URL, Gateway: g, server: server}
}

// Close waits for running requests, including their log records, and stops the server.
func (s *Server) Close() { s.server.Close() }

// Response is a response of the gateway.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Token returns the token of the demo caller with the most data.
func Token() string { return sandbox.DemoTokens()[0].Token }

// Query sends an operation with a token.
func (s *Server) Query(t testing.TB, token, query string, variables map[string]any) Response {
	t.Helper()
	return s.Do(t, s.NewRequest(t, token, query, variables))
}

// NewRequest returns the request that Query sends.
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

// Do sends a request and reads the whole response.
func (s *Server) Do(t testing.TB, request *http.Request) Response {
	t.Helper()
	answer, err := s.Send(request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Start sends a request in the background. It closes the channel after the response, or without one if the request failed.
func (s *Server) Start(request *http.Request) <-chan Response {
	answers := make(chan Response, 1)
	go func() {
		defer close(answers)
		if answer, err := s.Send(request); err == nil {
			answers <- answer
		}
	}()
	return answers
}

// Send is Do for a request that may fail.
func (s *Server) Send(request *http.Request) (Response, error) {
	response, err := s.server.Client().Do(request) //nolint:gosec // the test chooses the URL
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body) //nolint:forbidigo // our own server, in a test
	return Response{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// Open sends a request and returns its response, whose body is a stream. It is closed at the end of the test.
func (s *Server) Open(t testing.TB, request *http.Request) *http.Response {
	t.Helper()
	response, err := s.server.Client().Do(request) //nolint:gosec // the test chooses the URL
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// Discard sends a request and returns the length of the body, which it does not keep.
func (s *Server) Discard(request *http.Request) (int64, error) {
	response, err := s.server.Client().Do(request) //nolint:gosec // the test chooses the URL
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.Copy(io.Discard, response.Body)
}
