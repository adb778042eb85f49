package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
)

// message is a message of graphql-transport-ws.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// socketClient is a client of graphql-transport-ws.
type socketClient struct {
	*websocket.Conn

	ctx context.Context //nolint:containedctx // of the test
}

// dial opens a WebSocket with these headers.
func dial(t *testing.T, server *gatewaytest.Server, header http.Header) *socketClient {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, strings.Replace(server.URL, "http", "ws", 1), &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPHeader: header, Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socketClient{conn, ctx}
}

func (c *socketClient) send(t *testing.T, m message) {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(c.ctx, websocket.MessageText, text); err != nil {
		t.Fatal(err)
	}
}

// want reads a message, and fails the test unless it has this type and ID.
func (c *socketClient) want(t *testing.T, kind, id string) json.RawMessage {
	t.Helper()
	_, text, err := c.Read(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := decode[message](t, text)
	if got.Type != kind || got.ID != id {
		t.Fatalf("want %s of %q, got %s", kind, id, text)
	}
	return got.Payload
}

// wantClosed fails the test unless the server closes the socket with this code.
func (c *socketClient) wantClosed(t *testing.T, code websocket.StatusCode) {
	t.Helper()
	_, text, err := c.Read(c.ctx)
	if got := websocket.CloseStatus(err); got != code {
		t.Errorf("want code %d, got %d, %s %v", code, got, text, err)
	}
}

func (c *socketClient) subscribe(t *testing.T, id, query string, variables map[string]any) {
	t.Helper()
	payload, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	c.send(t, message{ID: id, Type: "subscribe", Payload: payload})
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// A socket runs queries, mutations and subscriptions. Its own writes are events, too.
func TestSocket(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	client := dial(t, server, nil)
	client.send(t, message{Type: "connection_init", Payload: json.RawMessage(`{"Authorization": "Bearer ` + bakery + `"}`)})
	client.want(t, "connection_ack", "")
	diff(t, "calls", []string{"GET /v2/users/self"}, upstream.TakeCalls())

	client.subscribe(t, "query", "{ viewer { id } }", nil)
	query := client.want(t, "next", "query")
	if !strings.Contains(string(query), `{"data":{"viewer":{"id":"`) {
		t.Errorf("got %s", query)
	}
	client.want(t, "complete", "query")

	client.subscribe(t, "invalid", "{ nothing }", nil)
	if errs := client.want(t, "error", "invalid"); !strings.Contains(string(errs), "GRAPHQL_VALIDATION_FAILED") {
		t.Errorf("got %s", errs)
	}
	client.subscribe(t, "search", inbox, map[string]any{"filter": map[string]any{"search": "x"}})
	client.want(t, "error", "search")

	client.subscribe(t, "inbox", inbox, nil)
	if synced := client.want(t, "next", "inbox"); !strings.Contains(string(synced), "SYNCED") {
		t.Errorf("got %s", synced)
	}
	upstream.TakeCalls()
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "canary"}))
	if changed := client.want(t, "next", "inbox"); !strings.Contains(string(changed), "canary") {
		t.Errorf("got %s", changed)
	}
	client.send(t, message{ID: "inbox", Type: "complete"})
	client.subscribe(t, "write", rename, map[string]any{"id": sharedID, "title": "second"})
	client.want(t, "next", "write")
	client.want(t, "complete", "write")
}

// The token may be in the upgrade request or in connection_init. mStudio must accept it before it holds a place.
func TestSocket_Token(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	tests := map[string]struct {
		header  http.Header
		payload string
		code    websocket.StatusCode
		calls   int
	}{
		"in the upgrade":        {header: bearer(bakery), calls: 1},
		"again, in the payload": {payload: `{"x-access-token": "` + bakery + `"}`},
		"the same in both":      {header: bearer(bakery), payload: `{"authorization": "Bearer ` + bakery + `"}`},
		"two":                   {header: bearer(bakery), payload: `{"Authorization": "Bearer other"}`, code: 4400},
		"none":                  {code: 4401},
		"malformed":             {payload: `{"Authorization": "Bearer a\nb"}`, code: 4401},
		"rejected":              {header: bearer("nobody"), code: 4401, calls: 1},
	}
	for _, name := range []string{"in the upgrade", "again, in the payload", "the same in both", "two", "none", "malformed", "rejected"} {
		test := tests[name]
		t.Log(name)
		client := dial(t, server, test.header)
		client.send(t, message{Type: "connection_init", Payload: json.RawMessage(test.payload)})
		if test.code == 0 {
			client.want(t, "connection_ack", "")
		} else {
			client.wantClosed(t, test.code)
		}
		diff(t, "calls", test.calls, len(upstream.TakeCalls()))
	}
}

// If mStudio is away, the client should try again: its token may be valid.
func TestSocket_Unreachable(t *testing.T) {
	t.Parallel()
	client := dial(t, startUnreachable(t), bearer(bakery))
	client.send(t, message{Type: "connection_init"})
	client.wantClosed(t, websocket.StatusTryAgainLater)
}

// Without subscriptions, there are no WebSockets.
func TestSocket_NoLive(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{NoLive: true})
	_, response, err := websocket.Dial(t.Context(), strings.Replace(server.URL, "http", "ws", 1), &websocket.DialOptions{HTTPHeader: bearer(bakery)}) //nolint:bodyclose // the library closes it
	if err == nil || response == nil || response.StatusCode != http.StatusBadRequest {
		t.Errorf("got %v, %v", response, err)
	}
}

// A panic of an operation fails only that, although it runs in a goroutine of its own.
func TestSession_Panic(t *testing.T) {
	t.Parallel()
	server, _ := start(t, quiet())
	source := server.Gateway.Session(tokenOf(t, bakery)).Start(t.Context(), nil)
	defer source.Close()
	if results, end := source.Take(); len(results) > 0 || end == nil || !strings.Contains(string(end.Errors), "INTERNAL_SERVER_ERROR") {
		t.Errorf("got %s, %+v", results, end)
	}
}

// A subscription keeps what it needs of its request: extensions have no limit but that of the body.
func TestSession_Extensions(t *testing.T) { //nolint:paralleltest // collects garbage
	server, _ := start(t, quiet())
	extension := new([1 << 20]byte)
	held := weak.Make(extension)
	source := server.Gateway.Session(tokenOf(t, bakery)).Start(t.Context(), &graphql.RawParams{Query: inbox, Extensions: map[string]any{"x": extension}})
	defer source.Close()
	if results, end := source.Take(); len(results) != 1 || end != nil {
		t.Fatalf("got %s, %+v", results, end)
	}
	runtime.GC()
	if held.Value() != nil {
		t.Error("the extension is still in memory")
	}
}

func tokenOf(t *testing.T, text string) rest.Token {
	t.Helper()
	token, err := rest.NewToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
