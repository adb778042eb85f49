package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

const (
	plainJSON    = "application/json; charset=utf-8"
	responseJSON = "application/graphql-response+json; charset=utf-8"
	eventStream  = "text/event-stream; charset=utf-8"
	partStream   = `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`
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
		// A stream only if the client prefers it.
		"multipart/mixed, text/event-stream;q=0.9, application/json;q=0.8": eventStream,
		"text/event-stream":                                       eventStream,
		"text/event-stream, application/json":                     plainJSON,
		"text/event-stream, */*;q=0.1":                            eventStream,
		"application/json;q=0, text/*":                            eventStream,
		"multipart/mixed;subscriptionSpec=1.0":                    partStream,
		"multipart/mixed;subscriptionSpec=\"1.0\"":                partStream,
		"text/event-stream, multipart/mixed;subscriptionSpec=1.0": eventStream,
		"multipart/mixed;subscriptionSpec=1.0, text/event-stream": partStream,
		"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9": responseJSON,
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
		"text/html", "multipart/mixed", "multipart/mixed;subscriptionSpec=2.0", "application/xml", "application/json;q=0",
		"*/*;q=0",
	} {
		response := call{header: http.Header{"Accept": {accept}}, body: viewerBody}.send(t, server)
		wantRejected(t, response, http.StatusNotAcceptable, "BAD_USER_INPUT")
		diff(t, accept, plainJSON, response.Header.Get("Content-Type"))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// A query over a stream is its only result. A request that is rejected before has a status and plain JSON.
func TestQueryOverStream(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const data = `{"data":{"__typename":"Query"}}`
	for mediaType, want := range map[string]string{
		"text/event-stream":                    "event: next\ndata: %s\n\nevent: complete\ndata:\n\n",
		"multipart/mixed;subscriptionSpec=1.0": "\r\n--graphql\r\nContent-Type: application/json\r\n\r\n{\"payload\":%s}\r\n--graphql--\r\n",
	} {
		header := http.Header{"Accept": {mediaType}}
		before, after, _ := strings.Cut(want, "%s")
		response := call{header: header, body: `{"query": "{ __typename }"}`}.send(t, server)
		diff(t, mediaType, before+data+after, string(response.Body))
		response = call{header: header, body: `{"query": "{ nope }"}`}.send(t, server)
		diff(t, mediaType+": status", http.StatusOK, response.Status)
		if body := string(response.Body); !strings.HasPrefix(body, before+`{"errors":[{"message":`) || !strings.HasSuffix(body, "}]}"+after) {
			t.Errorf("%s: %s", mediaType, body)
		}
		header.Set("Authorization", "")
		response = call{header: header, body: viewerBody}.send(t, server)
		wantRejected(t, response, http.StatusUnauthorized, "UNAUTHENTICATED")
		diff(t, mediaType+": rejected", plainJSON, response.Header.Get("Content-Type"))
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
