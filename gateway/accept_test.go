package gateway_test

import (
	"net/http"
	"testing"

	"mstudio-graphql/gateway"
)

const (
	plainJSON    = "application/json; charset=utf-8"
	responseJSON = "application/graphql-response+json; charset=utf-8"
)

func TestMediaTypeIsNegotiated(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for accept, want := range map[string]string{
		"":                                  plainJSON,
		"*/*":                               plainJSON,
		"application/*":                     plainJSON,
		"application/json":                  plainJSON,
		"application/graphql-response+json": responseJSON,
		"application/graphql-response+json, application/json":       responseJSON,
		"application/json, application/graphql-response+json":       plainJSON,
		"application/json;q=0.5, application/graphql-response+json": responseJSON,
		"application/graphql-response+json;q=0.5, application/json": plainJSON,
		"application/graphql-response+json; charset=utf-8":          responseJSON,
		"APPLICATION/GRAPHQL-RESPONSE+JSON":                         responseJSON,
		"text/html, application/graphql-response+json;q=0.9, */*":   plainJSON,
		"text/html, */*;q=0.1":                                      plainJSON,
		"application/json;q=0, */*":                                 responseJSON,
		"nonsense, application/graphql-response+json":               responseJSON,
		// Headers of routers and clients that also accept a stream.
		"application/graphql-response+json, application/json, multipart/mixed":                    responseJSON,
		"application/graphql-response+json, application/json, text/event-stream, multipart/mixed": responseJSON,
		"multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json": responseJSON,
		"multipart/mixed, text/event-stream;q=0.9, application/json;q=0.8":                        plainJSON,
		";;;":                                   plainJSON, // an invalid header is ignored
		"application/graphql-response+json;q=x": responseJSON,
	} {
		response := call{header: http.Header{"Accept": {accept}}, body: `{"query": "{ __typename }"}`}.send(t, server)
		diff(t, accept+": status", http.StatusOK, response.Status)
		diff(t, accept, want, response.Header.Get("Content-Type"))
	}
	both := call{header: http.Header{"Accept": {"application/json;q=0.1", "application/graphql-response+json"}}, body: `{"query": "{ __typename }"}`}
	diff(t, "two headers", responseJSON, both.send(t, server).Header.Get("Content-Type"))
}

func TestNoMediaTypeInCommon(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, accept := range []string{
		"text/html", "text/event-stream", "multipart/mixed", "application/xml", "application/json;q=0", "application/json;q=0, text/*",
		"*/*;q=0",
	} {
		response := call{header: http.Header{"Accept": {accept}}, body: viewerBody}.send(t, server)
		wantRejected(t, response, http.StatusNotAcceptable, "BAD_USER_INPUT")
		diff(t, accept, plainJSON, response.Header.Get("Content-Type"))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
