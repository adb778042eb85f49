package gatewaytest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

const (
	liveFields       = `id title status lastMessage { createdAt }`
	liveList         = `query($filter: ConversationFilter) { conversations(first: 100, filter: $filter) { nodes { ` + liveFields + ` } } }`
	liveSubscription = `subscription($filter: ConversationFilter, $after: String) { inboxChanged(filter: $filter, after: $after) {
		kind cursor conversationId conversation { ` + liveFields + ` }
	} }`
)

// Row is a conversation in a client's cache.
type Row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Status      string `json:"status"`
	LastMessage *struct {
		CreatedAt string `json:"createdAt"`
	} `json:"lastMessage"`
}

// liveEvent is a response to liveSubscription.
type liveEvent struct {
	Data struct {
		InboxChanged liveChange `json:"inboxChanged"`
	} `json:"data"`
	Errors []any `json:"errors"`
}

type liveChange struct {
	Kind           string `json:"kind"`
	Cursor         string `json:"cursor"`
	ConversationID string `json:"conversationId"`
	Conversation   *Row   `json:"conversation"`
}

// LiveClient follows the rule for clients of inboxChanged over one transport.
type LiveClient struct {
	URL, Token string // the address includes /graphql
	Transport  string // sse, multipart or websocket
	Filter     map[string]any
	UsesCursor bool
	// Pool has the connections.
	Pool *http.Transport
	// Random makes the client disconnect at random until Settle. Default: never.
	Random *rand.Rand
	// Reconnects makes a stream that ends no error.
	Reconnects bool

	settling atomic.Bool

	mu              sync.Mutex
	cache           map[string]Row
	cursor          string
	events, streams int
}

// Run subscribes again and again until ctx ends.
func (c *LiveClient) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := c.stream(ctx)
		if err != nil && ctx.Err() == nil && (!c.Reconnects || !errors.Is(err, errEnded)) {
			return fmt.Errorf("%s: %w", c.Transport, err)
		}
	}
	return nil
}

// Settle ends the random disconnects.
func (c *LiveClient) Settle() { c.settling.Store(true) }

// Streams returns how often the client has subscribed.
func (c *LiveClient) Streams() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.streams
}

var (
	errEnough = errors.New("the client disconnects")
	errEnded  = errors.New("the stream ended")
)

// stream takes a random number of events, or all of them.
func (c *LiveClient) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	variables := map[string]any{"filter": c.Filter}
	hasCursor := c.UsesCursor && c.cursor != ""
	if hasCursor {
		variables["after"] = c.cursor
	}
	left := math.MaxInt
	if c.Random != nil {
		left = c.Random.IntN(40)
	}
	c.mu.Lock()
	c.streams++
	c.mu.Unlock()
	take := func(text []byte) error {
		var event liveEvent
		if err := json.Unmarshal(text, &event); err != nil || len(event.Errors) > 0 {
			return fmt.Errorf("got %s", text)
		}
		left--
		if left < 0 && !c.settling.Load() {
			return errEnough
		}
		return c.apply(ctx, event, hasCursor)
	}
	read := c.readHTTP
	if c.Transport == "websocket" {
		read = c.readSocket
	}
	if err := read(ctx, variables, take); !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// apply applies an event to the cache.
func (c *LiveClient) apply(ctx context.Context, event liveEvent, hasCursor bool) error {
	change := event.Data.InboxChanged
	var listed map[string]Row
	if change.Kind == "RESYNC" || change.Kind == "SYNCED" && !hasCursor {
		var err error
		if listed, err = c.List(ctx); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events++
	c.cursor = change.Cursor
	switch {
	case listed != nil:
		c.cache = listed
	case c.cache == nil:
		return fmt.Errorf("%s before SYNCED", change.Kind)
	case change.Kind == "REMOVED":
		delete(c.cache, change.ConversationID)
	case change.Conversation != nil:
		c.cache[change.ConversationID] = *change.Conversation
	}
	return nil
}

func (c *LiveClient) request(ctx context.Context, query string, variables map[string]any, accept string) (*http.Response, error) {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables}) //nolint:errchkjson // a test's own values
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	request.Header.Set("Authorization", "Bearer "+c.Token)
	return c.Pool.RoundTrip(request)
}

// List reads the list.
func (c *LiveClient) List(ctx context.Context) (map[string]Row, error) {
	response, err := c.request(ctx, liveList, map[string]any{"filter": c.Filter}, "application/json")
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var read struct {
		Data struct {
			Conversations struct {
				Nodes []Row `json:"nodes"`
			} `json:"conversations"`
		} `json:"data"`
		Errors []any `json:"errors"`
	}
	if err := json.NewDecoder(response.Body).Decode(&read); err != nil || len(read.Errors) > 0 {
		return nil, fmt.Errorf("list with errors %v: %w", read.Errors, err)
	}
	rows := map[string]Row{}
	for _, row := range read.Data.Conversations.Nodes {
		rows[row.ID] = row
	}
	return rows, nil
}

// readHTTP reads server-sent events or parts.
func (c *LiveClient) readHTTP(ctx context.Context, variables map[string]any, take func([]byte) error) error {
	accept, prefix := "text/event-stream", "data: {"
	if c.Transport == "multipart" {
		accept, prefix = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0", `{"payload":`
	}
	response, err := c.request(ctx, liveSubscription, variables, accept)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, found := strings.CutPrefix(lines.Text(), prefix)
		if !found {
			continue
		}
		if c.Transport == "multipart" {
			text = strings.TrimSuffix(text, "}")
		} else {
			text = "{" + text
		}
		if err := take([]byte(text)); err != nil {
			return err
		}
	}
	return errors.Join(errEnded, lines.Err())
}

// readSocket reads the messages of a WebSocket.
func (c *LiveClient) readSocket(ctx context.Context, variables map[string]any, take func([]byte) error) error {
	conn, response, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(c.URL, "http"), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	payload, _ := json.Marshal(map[string]any{"query": liveSubscription, "variables": variables}) //nolint:errchkjson // a test's own values
	for _, text := range []string{
		`{"type":"connection_init","payload":{"Authorization":"Bearer ` + c.Token + `"}}`,
		`{"type":"subscribe","id":"1","payload":` + string(payload) + `}`,
	} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return err
		}
	}
	for accepted := false; ; accepted = true {
		_, text, err := conn.Read(ctx)
		if err != nil && accepted {
			return errors.Join(errEnded, err)
		}
		if err != nil {
			return err
		}
		var message struct {
			Type    string          `json:"type"`
			Payload json.RawMessage `json:"payload"`
		}
		if err := json.Unmarshal(text, &message); err != nil {
			return err
		}
		switch message.Type {
		case "next":
			err = take(message.Payload)
		case "error", "complete":
			err = fmt.Errorf("got %s", text)
		}
		if err != nil {
			return err
		}
	}
}

// Converge waits until the cache equals the list.
func (c *LiveClient) Converge(t testing.TB) {
	t.Helper()
	difference := ""
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for range 400 {
		want, err := c.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		difference = cmp.Diff(want, c.cache)
		events := c.events
		c.mu.Unlock()
		if difference == "" {
			t.Logf("%s: %d events", c.Transport, events)
			return
		}
		<-poll.C
	}
	t.Errorf("%s, %v, cursor %t (-list +cache):\n%s", c.Transport, c.Filter, c.UsesCursor, difference)
}
