package gateway_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// panickingClient returns a client whose calls panic.
func panickingClient(t *testing.T) *rest.Client {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: gatewaytest.NewUpstream(t, sandbox.Config{}).URL, Log: slog.New(panickingLog{slog.DiscardHandler})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

type panickingLog struct{ slog.Handler }

func (panickingLog) Enabled(context.Context, slog.Level) bool { panic("nil pointer") }

// A panic fails only its field. The client gets the request ID, and the log the stack.
func TestPanicCostsOneField(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	server := gatewaytest.NewServer(t, nil, gateway.Config{Client: panickingClient(t), Log: book.logger()})
	request := server.NewRequest(t, "canary", `{
		__typename viewer { id } conversationCategories { id } conversation(id: "`+shortID+`") { id } nodes(ids: ["`+shortID+`"]) { id }
	}`, nil)
	request.Header.Set("X-Request-Id", "reported")
	response := server.Do(t, request)
	wantErrors(t, response, "conversation: INTERNAL_SERVER_ERROR", "conversationCategories: INTERNAL_SERVER_ERROR",
		"nodes.0: INTERNAL_SERVER_ERROR", "viewer: INTERNAL_SERVER_ERROR")
	wantData(t, response, `{"__typename": "Query", "viewer": null, "conversationCategories": null, "conversation": null, "nodes": [null]}`)
	for _, err := range checkErrors(t, response) {
		diff(t, "requestId", "reported", err.Extensions["requestId"].(string))
		diff(t, "message", "Internal error of the gateway.", err.Message)
	}
	server.Close()
	records := book.records(t, "internal error")
	diff(t, "records", 4, len(records))
	for _, record := range records {
		diff(t, "level", "ERROR", record["level"].(string))
		diff(t, "request", "reported", record["requestId"].(string))
		if !strings.Contains(record["stack"].(string), "mstudio-graphql/rest") {
			t.Errorf("the stack does not say where: %v", record["stack"])
		}
	}
	for _, hidden := range []string{"canary", shortID, "nil pointer"} {
		if strings.Contains(book.String(), hidden) {
			t.Errorf("the log holds %q", hidden)
		}
	}
}

func TestInvalidConfig(t *testing.T) {
	t.Parallel()
	if server, err := gateway.New(gateway.Config{}); err == nil || server != nil {
		t.Errorf("got %v, %v", server, err)
	}
	if server, err := gateway.New(gateway.Config{Client: new(rest.Client), Introspection: "maybe"}); err == nil || server != nil {
		t.Errorf("got %v, %v", server, err)
	}
}

// A broken connection fails the field after three attempts.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{
		"before the response": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"within the response": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"userId": "`))
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			upstream.Replace("GET /v2/users/self", fault)
			response := ask(t, server, `{ viewer { id } conversation(id: "`+shortID+`") { shortId } }`)
			wantErrors(t, response, "viewer: UPSTREAM_UNAVAILABLE")
			wantData(t, response, `{"viewer": null, "conversation": {"shortId": "c-r0162e"}}`)
			diff(t, "attempts", 3, countCalls(upstream.TakeCalls(), "/users/self"))
		})
	}
}

func TestUnreachableUpstream(t *testing.T) {
	t.Parallel()
	server := startUnreachable(t)
	response := ask(t, server, `{ viewer { id } conversations { totalCount } conversationCategories { id } __typename }`)
	wantErrors(t, response, "conversationCategories: UPSTREAM_UNAVAILABLE", "conversations: UPSTREAM_UNAVAILABLE", "viewer: UPSTREAM_UNAVAILABLE")
	wantData(t, response, `{"viewer": null, "conversations": null, "conversationCategories": null, "__typename": "Query"}`)
}

// A short failure is retried without an effect on the response.
func TestShortFailureIsRetried(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	failures := make(chan struct{}, 2)
	failures <- struct{}{}
	failures <- struct{}{}
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-failures:
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	response := ask(t, server, `{ viewer { name } }`)
	wantErrors(t, response)
	wantData(t, response, `{"viewer": {"name": "Jana Petersen"}}`)
	diff(t, "attempts", 3, len(upstream.TakeCalls()))
}

// Errors of one caller must not open the breaker for all.
func TestCallerCannotCutOffOthers(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for range 30 {
		wantErrors(t, server.Query(t, "nobody's", `{ viewer { id } }`, nil), "viewer: UNAUTHENTICATED")
		wantErrors(t, ask(t, server, `{ conversation(id: "`+foreignID+`") { id } }`), "conversation: FORBIDDEN")
	}
	wantErrors(t, ask(t, server, `{ viewer { id } }`))
}
