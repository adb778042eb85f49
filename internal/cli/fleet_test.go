package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/sandbox"
)

// clients send operations to a balancer until they are stopped.
type clients struct {
	t    *testing.T
	base string
	pool *http.Transport

	operations, misses, sent atomic.Int64
}

// operate runs one operation again and again. A client that gets no result fails the test.
func (c *clients) operate(ctx context.Context, pause time.Duration, operation func(number int) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for number := 0; ctx.Err() == nil; number++ {
		if err := operation(number); err != nil {
			c.t.Error(err)
			return
		}
		c.operations.Add(1)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// do sends a request, and reports an error unless the response has data and no errors.
func (c *clients) do(method, path, body string) (string, error) {
	request := newRequest(c.t, method, c.base+path, body)
	request.Header.Set("Authorization", "Bearer "+bakery)
	response, err := c.pool.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d, %w: %s", response.StatusCode, err, text)
	}
	return string(text), nil
}

func (c *clients) query(int) error {
	got, err := c.do(http.MethodPost, "/graphql", `{"query": "{ conversations(first: 5) { nodes { title messages(last: 1) { totalCount } } } viewer { name } }"}`)
	return wantData(got, err)
}

// byHash sends a query by its hash, and its text if a replica does not know it.
func (c *clients) byHash(int) error {
	const query = "{ viewer { id name } }"
	sum := sha256.Sum256([]byte(query))
	extensions := `{"persistedQuery":{"version":1,"sha256Hash":"` + hex.EncodeToString(sum[:]) + `"}}`
	got, err := c.do(http.MethodGet, "/graphql?"+url.Values{"extensions": {extensions}}.Encode(), "")
	if strings.Contains(got, "PERSISTED_QUERY_NOT_FOUND") {
		c.misses.Add(1)
		got, err = c.do(http.MethodPost, "/graphql", `{"query": "`+query+`", "extensions": `+extensions+`}`)
	}
	return wantData(got, err)
}

// send returns an operation that sends messages with a key to a conversation.
func (c *clients) send(conversation string) func(number int) error {
	return func(number int) error {
		got, err := c.do(http.MethodPost, "/graphql", fmt.Sprintf(`{"query": "mutation($input: SendMessageInput!) { sendMessage(input: $input) { messageId userErrors { code } } }",
			"variables": {"input": {"conversationId": %q, "content": "message %d", "idempotencyKey": "key %[1]s %[2]d"}}}`, conversation, number))
		c.sent.Add(1)
		return wantData(got, err)
	}
}

func wantData(got string, err error) error {
	if err != nil || !strings.HasPrefix(got, `{"data":{`) {
		return fmt.Errorf("got %s: %w", got, err)
	}
	return nil
}

// bakery is the token of a caller with few conversations.
const bakery = "sandbox-bakery"

// replicaFlags are those of a replica in a test, with keys that all share.
func replicaFlags(t *testing.T, upstream, valkey string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(testShareKey), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"--upstream-url=" + upstream, "--listen=127.0.0.1:0", "--link-key-file=" + file, "--valkey-url=" + valkey,
		"--live-interval=500ms", "--shutdown-delay=1s", "--shutdown-timeout=2s",
	}
}

// fleet is three replicas behind a balancer.
type fleet struct {
	upstream *gatewaytest.Upstream
	valkey   *sharedstatetest.Server
	balancer *balancer
	running  []*program
	flags    []string
}

func startFleet(t *testing.T, flags ...string) *fleet {
	t.Helper()
	f := &fleet{
		upstream: gatewaytest.NewUpstream(t, sandbox.Config{Latency: 2 * time.Millisecond, EventLag: 50 * time.Millisecond}),
		valkey:   sharedstatetest.Start(t), balancer: newBalancer(t),
	}
	f.flags = append(replicaFlags(t, f.upstream.URL, f.valkey.URL()), flags...)
	for range 3 {
		p := launch(t, f.flags...)
		f.running = append(f.running, p)
		f.balancer.replace("", p.base)
	}
	f.balancer.await(t, 3)
	return f
}

// restart restarts one replica after the other.
func (f *fleet) restart(t *testing.T) {
	t.Helper()
	for i, old := range f.running {
		old.interrupt()
		if err := <-old.ended; err != nil {
			t.Errorf("replica %d: %v: %s", i, err, old.stderr)
		}
		f.running[i] = launch(t, f.flags...)
		f.balancer.replace(old.base, f.running[i].base)
		f.balancer.await(t, len(f.running))
	}
}

// underLoad calls disturb while clients read, write and subscribe. No operation may be lost or made twice, and in the end, each
// client with a subscription must have what the list has. It returns how often these have subscribed.
func (f *fleet) underLoad(t *testing.T, disturb func()) (streams []int) {
	t.Helper()
	c := &clients{t: t, base: f.balancer.base, pool: &http.Transport{MaxIdleConnsPerHost: 100}}
	t.Cleanup(c.pool.CloseIdleConnections)
	subscribers, ids := c.subscribers(), c.conversations()
	var listening, load sync.WaitGroup
	ctx, leave := context.WithCancel(t.Context())
	defer listening.Wait()
	defer leave()
	for _, subscriber := range subscribers {
		listening.Go(func() {
			if err := subscriber.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	loaded, stop := context.WithCancel(ctx)
	for i, operation := range []func(int) error{c.query, c.query, c.byHash, c.byHash, c.send(ids[0]), c.send(ids[1])} {
		load.Go(func() { c.operate(loaded, time.Duration(10+i)*time.Millisecond, operation) })
	}
	disturb()
	stop()
	load.Wait()
	for _, subscriber := range subscribers {
		subscriber.Converge(t)
		streams = append(streams, subscriber.Streams())
	}
	if written := f.written(); written != int(c.sent.Load()) {
		t.Errorf("%d messages sent, %d written", c.sent.Load(), written)
	}
	t.Logf("%d operations, %d of them with an unknown hash", c.operations.Load(), c.misses.Load())
	return streams
}

// written returns the number of messages that mStudio has received.
func (f *fleet) written() (messages int) {
	for _, made := range f.upstream.TakeCalls() {
		if strings.HasPrefix(made, "POST /v2/conversations/") {
			messages++
		}
	}
	return messages
}

// Replicas restart one after the other.
func TestFleet_RollingRestart(t *testing.T) {
	t.Parallel()
	f := startFleet(t, "--valkey-timeout=1s") // the processors are busy with other tests
	for i, streams := range f.underLoad(t, func() { f.restart(t) }) {
		if streams < 2 || streams > 2*len(f.running) {
			t.Errorf("client %d subscribed %d times", i, streams)
		}
	}
}

// The server of shared state hangs, goes on, ends and starts again.
func TestFleet_UnsteadyServer(t *testing.T) {
	t.Parallel()
	f := startFleet(t)
	wait := time.NewTicker(500 * time.Millisecond)
	defer wait.Stop()
	for i, streams := range f.underLoad(t, func() {
		for _, change := range []func(){f.valkey.Stop, f.valkey.Continue, f.valkey.Kill, f.valkey.Run, f.valkey.Kill, f.valkey.Run} {
			<-wait.C
			change()
		}
		<-wait.C
	}) {
		if streams != 1 {
			t.Errorf("client %d subscribed %d times", i, streams)
		}
	}
}

func (c *clients) subscribers() (all []*gatewaytest.LiveClient) {
	for i, transport := range []string{"sse", "multipart", "websocket", "sse", "multipart", "websocket"} {
		all = append(all, &gatewaytest.LiveClient{
			URL: c.base + "/graphql", Token: bakery, Transport: transport, UsesCursor: i > 2, Pool: c.pool, Reconnects: true,
		})
	}
	return all
}

// conversations returns the IDs of open conversations.
func (c *clients) conversations() (ids []string) {
	got, err := c.do(http.MethodPost, "/graphql", `{"query": "{ conversations(filter: {states: [OPEN]}) { nodes { id } } }"}`)
	if err != nil {
		c.t.Fatal(err)
	}
	var read struct {
		Data struct {
			Conversations struct{ Nodes []struct{ ID string } }
		}
	}
	if err := json.Unmarshal([]byte(got), &read); err != nil {
		c.t.Fatal(err)
	}
	for _, node := range read.Data.Conversations.Nodes {
		ids = append(ids, node.ID)
	}
	return ids
}
