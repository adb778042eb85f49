package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/watcher"
)

const (
	stormFields       = `id title status lastMessage { createdAt }`
	stormList         = `query($filter: ConversationFilter) { conversations(first: 100, filter: $filter) { nodes { ` + stormFields + ` } } }`
	stormSubscription = `subscription($filter: ConversationFilter, $after: String) { inboxChanged(filter: $filter, after: $after) {
		kind cursor conversationId conversation { ` + stormFields + ` }
	} }`
)

// stormRow is a conversation in a client's cache.
type stormRow struct {
	ID, Title, Status string
	LastMessage       *struct{ CreatedAt string }
}

// stormEvent is a response to stormSubscription.
type stormEvent struct {
	Data struct {
		InboxChanged struct {
			Kind, Cursor   string
			ConversationID string
			Conversation   *stormRow
		}
	}
	Errors []struct{ Message string }
}

// liveClient follows the rule for clients over one transport, and disconnects at random.
type liveClient struct {
	server     *gatewaytest.Server
	pool       *http.Transport
	transport  string
	filter     map[string]any
	usesCursor bool
	settling   *atomic.Bool
	rnd        *rand.Rand

	mu     sync.Mutex
	cache  map[string]stormRow
	cursor string
	events int
}

// run subscribes again and again until ctx ends.
func (c *liveClient) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := c.stream(ctx); err != nil && ctx.Err() == nil {
			return fmt.Errorf("%s: %w", c.transport, err)
		}
	}
	return nil
}

var errEnough = errors.New("the client disconnects")

// stream takes a random number of events, or all while the storm settles.
func (c *liveClient) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	variables := map[string]any{"filter": c.filter}
	hasCursor := c.usesCursor && c.cursor != ""
	if hasCursor {
		variables["after"] = c.cursor
	}
	left := c.rnd.IntN(40)
	take := func(text []byte) error {
		var event stormEvent
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
	if c.transport == "websocket" {
		read = c.readSocket
	}
	if err := read(ctx, variables, take); !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// apply applies an event to the cache.
func (c *liveClient) apply(ctx context.Context, event stormEvent, hasCursor bool) error {
	change := event.Data.InboxChanged
	var listed map[string]stormRow
	if change.Kind == "RESYNC" || change.Kind == "SYNCED" && !hasCursor {
		var err error
		if listed, err = c.list(ctx); err != nil {
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
	case change.Kind == "REMOVED":
		delete(c.cache, change.ConversationID)
	case change.Conversation != nil:
		c.cache[change.ConversationID] = *change.Conversation
	}
	return nil
}

func (c *liveClient) request(ctx context.Context, query string, variables map[string]any, accept string) (*http.Response, error) {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	request.Header.Set("Authorization", "Bearer "+bakeryToken)
	return c.pool.RoundTrip(request)
}

// list reads the list.
func (c *liveClient) list(ctx context.Context) (map[string]stormRow, error) {
	response, err := c.request(ctx, stormList, map[string]any{"filter": c.filter}, "application/json")
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var read struct {
		Data   struct{ Conversations struct{ Nodes []stormRow } }
		Errors []any
	}
	if err := json.NewDecoder(response.Body).Decode(&read); err != nil || len(read.Errors) > 0 {
		return nil, fmt.Errorf("list with errors %v: %w", read.Errors, err)
	}
	rows := map[string]stormRow{}
	for _, row := range read.Data.Conversations.Nodes {
		rows[row.ID] = row
	}
	return rows, nil
}

// readHTTP reads server-sent events or parts.
func (c *liveClient) readHTTP(ctx context.Context, variables map[string]any, take func([]byte) error) error {
	accept, prefix := "text/event-stream", "data: {"
	if c.transport == "multipart" {
		accept, prefix = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0", `{"payload":`
	}
	response, err := c.request(ctx, stormSubscription, variables, accept)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, found := strings.CutPrefix(lines.Text(), prefix)
		if !found {
			continue
		}
		if c.transport == "multipart" {
			text = strings.TrimSuffix(text, "}")
		} else {
			text = "{" + text
		}
		if err := take([]byte(text)); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), io.ErrUnexpectedEOF)
}

// readSocket reads the messages of a WebSocket.
func (c *liveClient) readSocket(ctx context.Context, variables map[string]any, take func([]byte) error) error {
	conn, response, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(c.server.URL, "http"), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	payload, _ := json.Marshal(map[string]any{"query": stormSubscription, "variables": variables})
	for _, text := range []string{
		`{"type":"connection_init","payload":{"Authorization":"Bearer ` + bakeryToken + `"}}`,
		`{"type":"subscribe","id":"1","payload":` + string(payload) + `}`,
	} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return err
		}
	}
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		var message struct {
			Type    string
			Payload json.RawMessage
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

// bakeryToken is the token of a caller with few conversations.
const bakeryToken = "sandbox-bakery"

// changeUpstream makes a change with another program.
func changeUpstream(t *testing.T, pool *http.Transport, upstream *gatewaytest.Upstream, rnd *rand.Rand, ids []string, number int) {
	t.Helper()
	path, method, body := "/"+ids[rnd.IntN(len(ids))], http.MethodPut, fmt.Sprintf(`{"title":"title %d"}`, number)
	switch rnd.IntN(8) {
	case 0, 1, 2:
		path, body = path+"/status", fmt.Sprintf(`{"status":%q}`, []string{"open", "closed"}[rnd.IntN(2)])
	case 3:
		path, method, body = path+"/messages", http.MethodPost, `{"messageContent":"a message"}`
	}
	request, err := http.NewRequestWithContext(t.Context(), method, upstream.URL+"/v2/conversations"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Access-Token", bakeryToken)
	response, err := pool.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d", method, path, response.StatusCode)
	}
}

// Clients of all transports disconnect at random while another program changes the inbox. In the end, the cache of each equals
// the list.
func TestStormOfChanges(t *testing.T) {
	t.Parallel()
	changes := 10_000
	if testing.Short() {
		changes = 500
	}
	server, upstream := start(t, gateway.Config{Watcher: watcher.Config{Interval: 50 * time.Millisecond}})
	pool := &http.Transport{}
	t.Cleanup(pool.CloseIdleConnections)
	var settling atomic.Bool
	var clients []*liveClient
	for i, transport := range []string{"sse", "multipart", "websocket", "sse", "multipart", "websocket"} {
		c := &liveClient{
			server: server, pool: pool, transport: transport, usesCursor: i > 1, settling: &settling,
			rnd: rand.New(rand.NewPCG(1, uint64(i))), cache: map[string]stormRow{},
		}
		if i%2 == 0 {
			c.filter = map[string]any{"states": []string{"OPEN"}}
		}
		clients = append(clients, c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, c := range clients {
		group.Go(func() {
			if err := c.run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	defer group.Wait()
	defer cancel()
	rows, err := (&liveClient{server: server, pool: pool}).list(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ids, rnd := slices.Sorted(maps.Keys(rows)), rand.New(rand.NewPCG(1, 9))
	for number := range changes {
		changeUpstream(t, pool, upstream, rnd, ids, number)
		<-time.After(time.Duration(rnd.IntN(1000)) * time.Microsecond) // so that polls meet changes
	}
	settling.Store(true)
	for _, c := range clients {
		c.waitForList(t)
	}
}

// waitForList waits until the cache equals the list.
func (c *liveClient) waitForList(t *testing.T) {
	t.Helper()
	want, err := c.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	difference := ""
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for range 400 {
		c.mu.Lock()
		difference = cmp.Diff(want, c.cache)
		events := c.events
		c.mu.Unlock()
		if difference == "" {
			t.Logf("%s: %d events", c.transport, events)
			return
		}
		<-poll.C
	}
	t.Errorf("%s, %v, cursor %t (-list +cache):\n%s", c.transport, c.filter, c.usesCursor, difference)
}
