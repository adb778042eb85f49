package main

import (
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/valkey-io/valkey-go"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/sandbox"
)

const (
	conversation = "e75fead9-213f-5585-aeb3-59327a7b3b59"
	sendOnce     = `mutation($key: String!) { sendMessage(input: {conversationId: "` + conversation + `", content: "Danke!", idempotencyKey: $key}) { messageId } }`
	openOnce     = `mutation($key: String!) { createConversation(input: {title: "Frage", message: "Hallo", idempotencyKey: $key}) { conversationId } }`
)

// sharedEntries are the claims on a server.
type sharedEntries struct {
	t      *testing.T
	client valkey.Client
}

func (s sharedEntries) do(command ...string) valkey.ValkeyResult {
	return s.client.Do(s.t.Context(), s.client.B().Arbitrary(command...).Build())
}

// await waits until a condition of the claims holds.
func (s sharedEntries) await(what string, holds func(claims map[string]string) bool) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2_000 {
		names, err := s.do("KEYS", "mg1:o:*").AsStrSlice()
		if err != nil {
			s.t.Fatal(err)
		}
		claims := map[string]string{}
		for _, name := range names {
			claims[name], _ = s.do("GET", name).ToString()
		}
		if holds(claims) {
			return
		}
		<-tick.C
	}
	s.t.Fatal("not in time: " + what)
}

// awaitEnded waits until no write is running.
func (s sharedEntries) awaitEnded() {
	s.t.Helper()
	s.await("all writes have ended", func(claims map[string]string) bool { return s.running(claims) == "" })
}

// running returns the name of a running write, or "".
func (sharedEntries) running(claims map[string]string) string {
	for name, claim := range claims {
		if strings.HasPrefix(claim, "r") {
			return name
		}
	}
	return ""
}

// startReplica starts the program and waits until it shares the keys of writes.
func startReplica(t *testing.T, arguments ...string) *child {
	t.Helper()
	c := runChild(t, arguments...)
	for range 2_000 {
		if body := c.write(t, openOnce, rand.Text()); !strings.Contains(body, `"idempotency":"local"`) {
			return c
		}
	}
	t.Fatal("the replica does not connect")
	return nil
}

// write makes a write with a key and returns the body of the response, "" without one.
func (c *child) write(t *testing.T, mutation, key string) string {
	t.Helper()
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(c.request(t, "/graphql", asked(mutation, map[string]any{"key": key}), gatewaytest.Token()))
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

// A replica that is killed after a write leaves its result to the others. If it is killed while it writes, nobody writes again, and
// the outcome is unknown.
func TestKilledReplica(t *testing.T) {
	t.Parallel()
	server, upstream := sharedstatetest.Start(t), gatewaytest.NewUpstream(t, sandbox.Config{})
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	entries, keyFile := sharedEntries{t, client}, filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(strings.Repeat("A", 43)+"="), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() *child {
		return startReplica(t, "--upstream-url="+upstream.URL, "--valkey-url="+server.URL(), "--valkey-timeout=5s", "--share-key-file="+keyFile, "--link-key-file="+keyFile, "--log-level=error")
	}
	a, b := start(), start()
	written := a.write(t, sendOnce, "written")
	entries.awaitEnded()
	arrived := make(chan struct{}, 9)
	upstream.Replace("POST /v2/conversations/"+conversation+"/messages", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	answered := make(chan string)
	go func() { answered <- a.write(t, sendOnce, "lost") }()
	<-arrived
	claim := ""
	entries.await("a write is running", func(claims map[string]string) bool {
		claim = entries.running(claims)
		return claim != ""
	})
	_ = a.command.Process.Kill()
	if got := <-answered; got != "" {
		t.Errorf("the killed replica responded with %s", got)
	}
	if got := b.write(t, sendOnce, "written"); got != written || !strings.Contains(got, `"messageId":"`) {
		t.Errorf("got %s, wrote %s", got, written)
	}
	left, err := entries.do("PTTL", claim).AsInt64()
	if life := time.Duration(left) * time.Millisecond; err != nil || life < 10*time.Minute || life > 10*time.Minute+20*time.Second {
		t.Errorf("the claim lives for %v: %v", life, err)
	}
	_ = entries.do("PEXPIRE", claim, "589000") // eleven seconds after the deadline of the write
	for _, replica := range []*child{b, start()} {
		if got := replica.write(t, sendOnce, "lost"); !strings.Contains(got, `"outcome":"unknown"`) {
			t.Errorf("got %s", got)
		}
	}
	if writes := len(arrived); writes != 0 {
		t.Errorf("%d more writes", writes)
	}
}
