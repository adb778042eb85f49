package main

import (
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
)

// sharedEntries are the claims on a server.
type sharedEntries struct {
	t      *testing.T
	client valkey.Client
}

func (s sharedEntries) do(command ...string) valkey.ValkeyResult {
	return s.client.Do(s.t.Context(), s.client.B().Arbitrary(command...).Build())
}

// await returns the first claim that begins with this text.
func (s sharedEntries) await(begin string) (name string) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2_000 {
		names, err := s.do("KEYS", "mg1:o:*").AsStrSlice()
		if err != nil {
			s.t.Fatal(err)
		}
		for _, name := range names {
			if value, _ := s.do("GET", name).ToString(); strings.HasPrefix(value, begin) {
				return name
			}
		}
		<-tick.C
	}
	s.t.Fatalf("no claim %s", begin)
	return ""
}

// send sends the message with a key and returns the body of the response, "" without one.
func (c *child) send(t *testing.T, key string) string {
	t.Helper()
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(c.request(t, "/graphql", asked(sendOnce, map[string]any{"key": key}), gatewaytest.Token()))
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
		return runChild(t, "--upstream-url="+upstream.URL, "--valkey-url="+server.URL(), "--valkey-timeout=5s", "--share-key-file="+keyFile, "--link-key-file="+keyFile, "--log-level=error")
	}
	a, b := start(), start()
	written := a.send(t, "written")
	entries.await("s")
	arrived := make(chan struct{}, 9)
	upstream.Replace("POST /v2/conversations/"+conversation+"/messages", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	answered := make(chan string)
	go func() { answered <- a.send(t, "lost") }()
	<-arrived
	claim := entries.await("r")
	_ = a.command.Process.Kill()
	if got := <-answered; got != "" {
		t.Errorf("the killed replica responded with %s", got)
	}
	if got := b.send(t, "written"); got != written || !strings.Contains(got, `"messageId":"`) {
		t.Errorf("got %s, wrote %s", got, written)
	}
	left, err := entries.do("PTTL", claim).AsInt64()
	if life := time.Duration(left) * time.Millisecond; err != nil || life < 10*time.Minute || life > 10*time.Minute+20*time.Second {
		t.Errorf("the claim lives for %v: %v", life, err)
	}
	_ = entries.do("PEXPIRE", claim, "589000") // eleven seconds after the deadline of the write
	for _, replica := range []*child{b, start()} {
		if got := replica.send(t, "lost"); !strings.Contains(got, `"outcome":"unknown"`) {
			t.Errorf("got %s", got)
		}
	}
	if writes := len(arrived); writes != 0 {
		t.Errorf("%d more writes", writes)
	}
}
