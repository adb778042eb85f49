package gateway_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// traced starts a gateway and returns a recorder of its spans.
func traced(t *testing.T, config gateway.Config) (*gatewaytest.Server, *gatewaytest.Upstream, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	config.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	return gatewaytest.NewServer(t, upstream, config), upstream, spans
}

// attributesOf returns a span's attributes as text.
func attributesOf(span sdktrace.ReadOnlySpan) map[attribute.Key]string {
	found := map[attribute.Key]string{}
	for _, pair := range span.Attributes() {
		found[pair.Key] = pair.Value.String()
	}
	return found
}

func byName(spans []sdktrace.ReadOnlySpan) map[string][]sdktrace.ReadOnlySpan {
	found := map[string][]sdktrace.ReadOnlySpan{}
	for _, span := range spans {
		found[span.Name()] = append(found[span.Name()], span)
	}
	return found
}

// Each operation has a span, and each of its calls has a child span.
func TestTraces(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server, upstream, spans := traced(t, gateway.Config{Log: book.logger()})
	upstream.Replace("GET /v2/conversations/"+shortID+"/members", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	ask(t, server, `query Ticket { viewer { id } conversationCategories { id } }`)
	ask(t, server, `query Ticket { conversation(id: "`+shortID+`") { members { user { id } } messages { totalCount } } }`)
	server.Close()
	found := byName(spans.Ended())
	const single = "GET /conversations/{conversationId}"
	names := map[string]int{}
	for name, of := range found {
		names[name] = len(of)
	}
	diff(t, "spans", map[string]int{
		"query": 2, "GET /users/self": 1, "GET /conversation-categories": 1, single: 1, single + "/members": 1, single + "/messages": 1,
	}, names)
	good, bad := found["query"][0], found["query"][1]
	diff(t, "operation", map[attribute.Key]string{
		"graphql.operation.type": "query", "graphql.operation.name": "Ticket", "mstudio.upstream.calls": "1",
	}, attributesOf(good))
	diff(t, "operation with an error", map[attribute.Key]string{
		"graphql.operation.type": "query", "graphql.operation.name": "Ticket", "mstudio.upstream.calls": "3", "error.type": "FORBIDDEN",
	}, attributesOf(bad))
	diff(t, "call", map[attribute.Key]string{
		"http.request.method": "GET", "url.template": "/conversations/{conversationId}/members", "http.response.status_code": "403", "error.type": "FORBIDDEN",
	}, attributesOf(found[single+"/members"][0]))
	diff(t, "statuses", []codes.Code{codes.Unset, codes.Error, codes.Error, codes.Unset},
		[]codes.Code{good.Status().Code, bad.Status().Code, found[single+"/members"][0].Status().Code, found[single][0].Status().Code})
	for name, of := range found {
		for _, span := range of {
			wantParent(t, name, span, good, bad)
		}
	}
	lines := book.records(t, "request")
	for i, operation := range []sdktrace.ReadOnlySpan{good, bad} {
		diff(t, "trace of the log", operation.SpanContext().TraceID().String(), fmt.Sprint(lines[i]["traceId"]))
	}
}

// wantParent checks that operations are roots and calls are children of their operation.
func wantParent(t *testing.T, name string, span, good, bad sdktrace.ReadOnlySpan) {
	t.Helper()
	switch name {
	case "query":
		if span.Parent().IsValid() || span.SpanKind() != trace.SpanKindServer {
			t.Errorf("%s has a parent or the kind %s", name, span.SpanKind())
		}
		return
	case "GET /users/self", "GET /conversation-categories":
		bad = good
	}
	if span.Parent().SpanID() != bad.SpanContext().SpanID() || span.SpanKind() != trace.SpanKindClient {
		t.Errorf("%s has the kind %s or is not a child of its operation", name, span.SpanKind())
	}
}

// A poll is a trace of its own, because no request waits for it.
func TestTraces_Poll(t *testing.T) {
	t.Parallel()
	server, _, spans := traced(t, quiet())
	wantKind(t, subscribe(t, server, bakery, inbox, nil), "SYNCED")
	server.Gateway.EndStreams(t.Context(), 0)
	found := byName(spans.Ended())
	if len(found["subscription"]) != 1 || len(found["poll"]) != 1 || len(found["GET /conversations"]) != 1 {
		t.Fatalf("got %v", slices.Collect(maps.Keys(found)))
	}
	poll, list := found["poll"][0], found["GET /conversations"][0]
	if poll.Parent().IsValid() || poll.SpanContext().TraceID() == found["subscription"][0].SpanContext().TraceID() {
		t.Error("the poll is part of a request")
	}
	diff(t, "parent of the call", poll.SpanContext().SpanID(), list.Parent().SpanID())
	diff(t, "poll", map[attribute.Key]string{"mstudio.upstream.calls": "1"}, attributesOf(poll))
}

// Spans join the trace of the request's traceparent. The gateway ignores its other trace headers and forwards none.
func TestTraces_RemoteParent(t *testing.T) {
	t.Parallel()
	server, upstream, spans := traced(t, gateway.Config{})
	var mu sync.Mutex
	var sent []string
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			for name := range r.Header {
				sent = append(sent, strings.ToLower(name))
			}
			next.ServeHTTP(w, r)
		})
	})
	const traceID, spanID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for given, accepted := range map[string]bool{"00-" + traceID + "-" + spanID + "-01": true, "00-" + traceID: false, "canary": false} {
		spans.Reset()
		call{header: http.Header{
			"Traceparent": {given}, "Tracestate": {"canary=canary"}, "Baggage": {"user=canary"},
		}, body: viewerBody}.send(t, server)
		for _, span := range spans.Ended() {
			if got := span.SpanContext().TraceID().String(); got == traceID != accepted {
				t.Errorf("%s: %s belongs to the trace %s", given, span.Name(), got)
			}
			if span.SpanContext().TraceState().Len() > 0 || strings.Contains(fmt.Sprint(span.Attributes(), span.Events()), "canary") {
				t.Errorf("%s contains more of the headers: %v", span.Name(), span.SpanContext())
			}
		}
		if len(spans.Ended()) != 2 {
			t.Errorf("%d spans", len(spans.Ended()))
		}
	}
	for _, name := range sent {
		if strings.HasPrefix(name, "trace") || name == "baggage" {
			t.Errorf("mStudio received the header %s", name)
		}
	}
	if len(sent) == 0 {
		t.Error("mStudio was not called")
	}
}

// Traces contain no data of callers and no IDs.
func TestTraces_ContainNoCallerData(t *testing.T) {
	t.Parallel()
	server, _, spans := traced(t, gateway.Config{RevealSecrets: true})
	ask(t, server, `query canary { nope: viewer { name } conversation(id: "`+foreignID+`") { title } }`)
	ask(t, server, `{ conversations(first: 5, filter: {search: "canary"}) { nodes { title messages(first: 20) { nodes { ... on TextMessage { content files { ... on UploadedFile { download { url } } } } } } } } }`)
	server.Query(t, "canary", `query canary { viewer { id } }`, nil)
	link := decode[struct {
		Data struct {
			Conversation struct {
				Messages struct {
					Nodes []struct {
						Files []struct{ Download struct{ URL string } }
					}
				}
			}
		}
	}](t, ask(t, server, `{ conversation(id: "`+shortID+`") { messages { nodes { ... on TextMessage { files { ... on UploadedFile { download { url } } } } } } } }`).Body)
	for _, message := range link.Data.Conversation.Messages.Nodes {
		for _, file := range message.Files {
			if file.Download.URL != "" {
				call{method: http.MethodGet, path: strings.TrimPrefix(file.Download.URL, server.Base)}.send(t, server)
			}
		}
	}
	server.Close()
	if len(spans.Ended()) < 8 {
		t.Errorf("only %d spans", len(spans.Ended()))
	}
	for _, span := range spans.Ended() {
		text := fmt.Sprint(span.Name(), span.Attributes(), span.Events(), span.Status(), span.Links())
		for _, secret := range []string{"canary", "http://", "127.0.0.1", gatewaytest.Token(), "v2"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in %s", secret, text)
			}
		}
		if idLike.MatchString(text) {
			t.Errorf("an ID is in %s", text)
		}
	}
}
