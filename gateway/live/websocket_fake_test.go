package live_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"mstudio-graphql/gateway/live"
	"mstudio-graphql/graph/watcher"
)

// backend runs the operations of sockets. Their text says what they do.
type backend struct {
	started  chan *queue   // subscriptions
	canceled chan struct{} // "block" operations
}

func newBackend() *backend {
	return &backend{started: make(chan *queue, 100), canceled: make(chan struct{}, 100)}
}

func (b *backend) Connect(r *http.Request, payload map[string]any) (session live.Session, code int, reason string) {
	token, _ := payload["token"].(string)
	if token == "" {
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	switch token {
	case "wrong":
		return nil, 4401, "mStudio rejected the token."
	case "two":
		return nil, 4400, strings.Repeat("long ", 100)
	}
	return backendSession{b}, 0, ""
}

type backendSession struct{ *backend }

func (backendSession) Caller() string { return "caller" }

func (b backendSession) Start(ctx context.Context, params *graphql.RawParams) live.Source {
	source := &queue{}
	switch params.Query {
	case "events":
		source.add(nil, `{"data":{"n":0}}`)
		b.started <- source
	case "flood":
		go func() {
			pause := time.NewTicker(100 * time.Microsecond)
			defer pause.Stop()
			for !source.closed.Load() {
				source.add(nil, `"`+params.OperationName+`"`)
				<-pause.C
			}
		}()
	case "block":
		<-ctx.Done()
		b.canceled <- struct{}{}
	case "invalid":
		source.add(&watcher.End{Errors: json.RawMessage(`[{"message":"Invalid."}]`)})
	case "rejected":
		source.add(&watcher.End{Errors: json.RawMessage(`[{"message":"Rejected."}]`), Unauthenticated: true})
	default:
		source.add(&watcher.End{}, `{"data":{"query":"`+params.OperationName+`"}}`)
	}
	return source
}

// client is a client of a broadcaster.
type client struct {
	*testing.T

	conn *websocket.Conn
	raw  net.Conn // of the connection
}

func (b *broadcaster) connect(t *testing.T, header http.Header, protocols ...string) (c *client, status int) {
	t.Helper()
	c = &client{T: t}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		c.raw, err = b.dial(ctx)
		return c.raw, err
	}}
	t.Cleanup(transport.CloseIdleConnections)
	conn, response, err := websocket.Dial(t.Context(), "ws://gateway.test/", &websocket.DialOptions{ //nolint:bodyclose // as documented
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: header, Subprotocols: protocols,
	})
	if err != nil {
		return nil, response.StatusCode
	}
	conn.SetReadLimit(1 << 24)
	t.Cleanup(func() { _ = conn.CloseNow() })
	c.conn = conn
	return c, response.StatusCode
}

// open returns a client whose socket waits for connection_init.
func (b *broadcaster) openSocket(t *testing.T) *client {
	t.Helper()
	c, status := b.connect(t, nil, live.Protocol)
	if c == nil {
		t.Fatal(status)
	}
	return c
}

// ready returns a client whose socket runs operations.
func (b *broadcaster) ready(t *testing.T) *client {
	t.Helper()
	c := b.openSocket(t)
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *client) send(texts ...string) {
	c.Helper()
	for _, text := range texts {
		if err := c.conn.Write(c.Context(), websocket.MessageText, []byte(text)); err != nil {
			c.Fatal(err)
		}
	}
}

func (c *client) subscribe(id, query string) {
	c.Helper()
	c.send(`{"id":"` + id + `","type":"subscribe","payload":{"query":"` + query + `"}}`)
}

// expect reads these messages.
func (c *client) expect(texts ...string) {
	c.Helper()
	for _, want := range texts {
		_, got, err := c.conn.Read(c.Context())
		if err != nil {
			c.Fatalf("%v instead of %s", err, want)
		}
		if string(got) != want {
			c.Fatalf("%s\nwant %s", got, want)
		}
	}
}

// expectClose reads the end of the socket.
func (c *client) expectClose(code websocket.StatusCode) {
	c.Helper()
	_, got, err := c.conn.Read(c.Context())
	if websocket.CloseStatus(err) != code {
		c.Fatalf("%s %v, want code %d", got, err, code)
	}
}

// completed is the end of a subscription without an error.
