package gateway_test

import (
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const unreadID = "f03c25d8-0bac-5599-aad1-5b19b038c45e"

// After a conversation was marked as read, it is read: in the response, and in later requests that send the event ID. Only
// reads of notifications wait.
func TestMarkConversationsRead_IsReadBack(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: 300 * time.Millisecond})
	replica := gatewaytest.NewServer(t, upstream, gateway.Config{})
	const marking = `mutation($id: ID!) { markConversationsRead(input: {conversationIds: [$id]}) { results { conversation { isUnread } } } }`
	written := server.Query(t, gatewaytest.Token(), marking, map[string]any{"id": unreadID})
	if want := `"results":[{"conversation":{"isUnread":false}}]`; !strings.Contains(string(written.Body), want) {
		t.Errorf("want %s, got %s", want, written.Body)
	}
	upstream.TakeCalls()

	const reading = `query($id: ID!) { conversation(id: $id) { isUnread } }`
	later := replica.NewRequest(t, gatewaytest.Token(), reading, map[string]any{"id": unreadID})
	later.Header.Set("X-If-Event-Reached", written.Header.Get("X-Event-Id"))
	diff(t, "later", `{"data":{"conversation":{"isUnread":false}}}`, string(replica.Do(t, later).Body))
	diff(t, "calls", []string{
		"GET /v2/conversations/" + unreadID,
		"GET /v2/notifications?limit=500&status=unread after " + firstEvent,
	}, upstream.TakeCalls())
}

// A reply is unread for the others who see the conversation, and not for its author.
func TestReplyOfAnother_IsUnread(t *testing.T) {
	t.Parallel()
	server, _ := lagging(t, sandbox.Config{})
	const reading = `query($id: ID!) { conversation(id: $id) { isUnread } }`
	isUnread := func(token string) string {
		return string(server.Query(t, token, reading, map[string]any{"id": sharedID}).Body)
	}
	before := isUnread("sandbox-bakery")
	diff(t, "before", `{"data":{"conversation":{"isUnread":false}}}`, isUnread(gatewaytest.Token()))
	reply(t, server, "sandbox-bakery", sharedID, "hallo")
	diff(t, "after", `{"data":{"conversation":{"isUnread":true}}}`, isUnread(gatewaytest.Token()))
	diff(t, "for the author", before, isUnread("sandbox-bakery"))
}

// The unread state of a page needs room for one call in the caller's rate limit, not for one per row.
func TestIsUnread_NeedsOneCall(t *testing.T) {
	t.Parallel()
	server, upstream := limited(t, 20)
	wantErrors(t, server.Query(t, gatewaytest.Token(), `{ conversations(first: 100) { totalCount nodes { isUnread unread: isUnread } } }`, nil))
	if calls := upstream.TakeCalls(); len(calls) != 2 {
		t.Errorf("got %q", calls)
	}
}
