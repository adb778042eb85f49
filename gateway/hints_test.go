package gateway_test

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// hinted is a conversation in the demo data.
const hinted = "e75fead9-213f-5585-aeb3-59327a7b3b59"

// newHint returns a request that is signed with a key.
func newHint(t *testing.T, server *gatewaytest.Server, key, id string) *http.Request {
	t.Helper()
	signer, err := webhooks.NewWebhookRaw([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	body, now := `{"conversationIds": ["`+id+`"]}`, time.Now()
	signature, err := signer.Sign("msg_1", now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.Base+"/hints", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Webhook-Id", "msg_1")
	request.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	request.Header.Set("Webhook-Signature", signature)
	return request
}

// Without a key, or without subscriptions, there is no such route.
func TestHints_Routes(t *testing.T) {
	t.Parallel()
	key := [][]byte{[]byte("a key of 24 bytes.......")}
	for name, test := range map[string]struct {
		config gateway.Config
		status int
	}{
		"key":              {gateway.Config{HintKeys: key}, http.StatusNoContent},
		"no key":           {gateway.Config{}, http.StatusNotFound},
		"no subscriptions": {gateway.Config{HintKeys: key, NoLive: true}, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
			server := gatewaytest.NewServer(t, upstream, test.config)
			if got := server.Do(t, newHint(t, server, string(key[0]), hinted)); got.Status != test.status {
				t.Errorf("got %d: %s", got.Status, got.Body)
			}
			if calls := upstream.TakeCalls(); len(calls) > 0 {
				t.Errorf("calls for a conversation that nobody watches: %v", calls)
			}
		})
	}
}

func TestHints_KeySizes(t *testing.T) {
	t.Parallel()
	for size, ok := range map[int]bool{0: false, 23: false, 24: true, 64: true, 65: false} {
		if _, err := gateway.New(gateway.Config{Client: new(rest.Client), HintKeys: [][]byte{make([]byte, size)}}); (err == nil) != ok {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// A hint makes the gateway poll once for a caller who watches the conversation, however long the interval is.
func TestHints_Poll(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, hinting())
	wantHinted(t, upstream, server, server)
}

// Another replica may receive the hint.
func TestReplicas_Hint(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicasOf(t, sandbox.Config{}, hinting(), hinting())
	eventually(t, "both replicas listen", func() bool { return pipe.Redis.PubSubNumSub("mg1:c")["mg1:c"] == 2 })
	wantHinted(t, upstream, servers[0], servers[1])
}

const hintKey = "a key of 24 bytes......."

func hinting() gateway.Config {
	return gateway.Config{HintKeys: [][]byte{[]byte(hintKey)}, Watcher: watcher.Config{Interval: time.Hour}}
}

// wantHinted subscribes to a server, changes a conversation, and sends a hint to another one.
func wantHinted(t *testing.T, upstream *gatewaytest.Upstream, server, other *gatewaytest.Server) {
	t.Helper()
	request := server.NewRequest(t, gatewaytest.Token(), `subscription { inboxChanged { kind conversationId } }`, nil)
	request.Header.Set("Accept", "text/event-stream")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatalf("the stream has ended: %v", lines.Err())
		return ""
	}
	if diff := cmp.Diff(`{"data":{"inboxChanged":{"kind":"SYNCED","conversationId":null}}}`, next()); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	write, err := http.NewRequestWithContext(t.Context(), http.MethodPost, upstream.URL+"/v2/conversations/"+hinted+"/messages", strings.NewReader(`{"messageContent": "text"}`))
	if err != nil {
		t.Fatal(err)
	}
	write.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	if got := server.Do(t, write); got.Status != http.StatusCreated {
		t.Fatalf("%d: %s", got.Status, got.Body)
	}
	upstream.TakeCalls()
	if got := other.Do(t, newHint(t, other, hintKey, strings.ToUpper(hinted))); got.Status != http.StatusNoContent {
		t.Fatalf("%d: %s", got.Status, got.Body)
	}
	if diff := cmp.Diff(`{"data":{"inboxChanged":{"kind":"CHANGED","conversationId":"`+hinted+`"}}}`, next()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{ // a poll reads the first page, and another one of a long list
		"GET /v2/conversations?limit=100&order=desc&order=asc&skip=100&sort=lastMessage.createdAt&sort=conversationId",
		"GET /v2/conversations?limit=100&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId",
	}, upstream.TakeCalls()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
