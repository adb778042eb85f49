package gateway_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const (
	firstEvent = "276638689419853824" // the first event of each sandbox
	answering  = `mutation($id: ID!, $text: String!) { sendMessage(input: {conversationId: $id, content: $text}) {
		messageId sentMessage { content }
		conversation { messages(last: 1) { nodes { ... on TextMessage { content } } } }
		userErrors { code }
	} }`
)

// writeResponse is the response to a mutation.
type writeResponse struct {
	Data struct {
		SendMessage struct {
			MessageID    string
			SentMessage  struct{ Content string }
			Conversation struct {
				Messages struct{ Nodes []struct{ Content string } }
			}
			UserErrors []struct{ Code string }
		}
	}
	Extensions map[string]string
}

func (a writeResponse) last() string {
	return a.Data.SendMessage.Conversation.Messages.Nodes[0].Content
}

// reply sends a message.
func reply(t *testing.T, server *gatewaytest.Server, token, id, text string) writeResponse {
	t.Helper()
	return decode[writeResponse](t, server.Query(t, token, answering, map[string]any{"id": id, "text": text}).Body)
}

// lagging starts a gateway with a sandbox that delays changes.
func lagging(t *testing.T, config sandbox.Config) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, config)
	return gatewaytest.NewServer(t, upstream, gateway.Config{}), upstream
}

// mStudio shows a change with a delay. The response to a mutation must include it.
func TestWritesAreReadBack(t *testing.T) {
	t.Parallel()
	server, _ := lagging(t, sandbox.Config{EventLag: 300 * time.Millisecond})
	for _, text := range []string{"eins", "zwei"} {
		got := reply(t, server, gatewaytest.Token(), shortID, text)
		diff(t, "sent", text, got.Data.SendMessage.SentMessage.Content)
		diff(t, "last", text, got.last())
		diff(t, "consistency", "", got.Extensions["consistency"])
	}
}

// Without If-Event-Reached, the response does not include the change. Otherwise the test above would prove nothing.
func TestWritesAreNotReadBackWithoutTheCondition(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: time.Hour})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("If-Event-Reached")
			next.ServeHTTP(w, r)
		})
	})
	got := reply(t, server, gatewaytest.Token(), shortID, "eins")
	if got.Data.SendMessage.MessageID == "" || got.last() == "eins" || got.Data.SendMessage.SentMessage.Content != "" {
		t.Errorf("the sandbox does not lag: %+v", got)
	}
}

// If mStudio does not reach the event in time, the response is marked as stale, and the gateway waits only once.
func TestEventThatIsNotReached(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: time.Hour, EventTimeout: time.Millisecond})
	response := server.Query(t, gatewaytest.Token(), `mutation($id: ID!) {
		sendMessage(input: {conversationId: $id, content: "hallo"}) { messageId conversation { title } }
		again: sendMessage(input: {conversationId: $id, content: "hallo"}) { messageId conversation { title } }
	}`, map[string]any{"id": shortID})
	wantErrors(t, response)
	got := decode[writeResponse](t, response.Body)
	diff(t, "consistency", "stale", got.Extensions["consistency"])
	path := "GET /v2/conversations/" + shortID
	post := "POST /v2/conversations/" + shortID + `/messages {"messageContent":"hallo"}`
	diff(t, "calls", []string{path, path, path + " after " + firstEvent, post, post}, upstream.TakeCalls())
}

// A later request with the event ID of a response includes the change, on any replica.
func TestEventIDOfALaterRequest(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: 200 * time.Millisecond})
	replica := gatewaytest.NewServer(t, upstream, gateway.Config{})
	request := server.NewRequest(t, gatewaytest.Token(), `mutation($id: ID!) { sendMessage(input: {conversationId: $id, content: "hallo"}) { messageId } }`, map[string]any{"id": shortID})
	written := server.Do(t, request)
	id := decode[writeResponse](t, written.Body).Extensions["eventId"]
	diff(t, "header", id, written.Header.Get("X-Event-Id"))
	upstream.TakeCalls()

	ask := func(query string, headers ...string) gatewaytest.Response {
		request := replica.NewRequest(t, gatewaytest.Token(), query, nil)
		for _, header := range headers {
			request.Header.Add("X-If-Event-Reached", header)
		}
		return replica.Do(t, request)
	}
	response := ask(fmt.Sprintf(`{
		conversation(id: %q) { members { user { id } } messages(last: 1) { nodes { ... on TextMessage { content } } } }
		other: conversation(id: %q) { id }
		conversations(first: 1) { nodes { id } }
		viewer { id }
	}`, shortID, otherID), id)
	wantErrors(t, response)
	if !strings.Contains(string(response.Body), `"content":"hallo"`) || !strings.Contains(string(response.Body), `"nodes":[{"id":"`+shortID) {
		t.Errorf("the change is not there: %s", response.Body)
	}
	if extensions := decode[writeResponse](t, response.Body).Extensions; len(extensions) != 0 {
		t.Errorf("a query has changed nothing: %v", extensions)
	}
	diff(t, "calls", []string{
		"GET /v2/conversations/" + otherID,
		"GET /v2/conversations/" + shortID + " after " + firstEvent,
		"GET /v2/conversations/" + shortID + "/members after " + firstEvent,
		"GET /v2/conversations/" + shortID + "/messages after " + firstEvent,
		"GET /v2/conversations?limit=1&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId after " + firstEvent,
		"GET /v2/users/self",
	}, upstream.TakeCalls())

	// The event ID of a later write includes the earlier one, so that a client keeps only the newest.
	second := ask(fmt.Sprintf(`mutation { sendMessage(input: {conversationId: %q, content: "auch"}) { messageId } }`, otherID), id)
	both := decode[writeResponse](t, second.Body).Extensions["eventId"]
	upstream.TakeCalls()
	wantErrors(t, ask(fmt.Sprintf(`{ a: conversation(id: %q) { id } b: conversation(id: %q) { id } }`, shortID, otherID), both))
	twoWaits := []string{
		"GET /v2/conversations/" + otherID + " after 276638689419853825",
		"GET /v2/conversations/" + shortID + " after " + firstEvent,
	}
	diff(t, "calls", twoWaits, upstream.TakeCalls())
	// A client may send several event IDs.
	ownID := decode[writeResponse](t, ask(fmt.Sprintf(`mutation { sendMessage(input: {conversationId: %q, content: "dritte"}) { messageId } }`, otherID)).Body).Extensions["eventId"]
	upstream.TakeCalls()
	for _, headers := range [][]string{{id, ownID}, {id + ", " + ownID}, {ownID + "," + both}} {
		wantErrors(t, ask(fmt.Sprintf(`{ a: conversation(id: %q) { id } b: conversation(id: %q) { id } }`, shortID, otherID), headers...))
		twoWaits[0] = "GET /v2/conversations/" + otherID + " after 276638689419853826"
		diff(t, "calls", twoWaits, upstream.TakeCalls())
	}
}

// An event ID that the gateway has not signed costs no wait, so that nobody can make the gateway wait for events that will
// never happen. It is not an error, because it may be from before a restart without a configured key: the response says that
// it may be older.
func TestUnknownEventID(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: time.Hour, EventTimeout: time.Millisecond})
	own := writtenEvent(t, server, otherID)
	changed := []byte(own)
	changed[30] ^= 'A' ^ 'B'
	otherKey := gateway.Config{LinkKeys: [][]byte{bytes.Repeat([]byte{1}, 32)}}
	randomKey := gateway.Config{LinkKeys: [][]byte{}}
	query := fmt.Sprintf(`{
		a: conversation(id: %q) { id members { user { id } } } b: conversation(id: %q) { id } conversations { totalCount }
	}`, shortID, otherID)
	unconditional := []string{
		"GET /v2/conversations/" + otherID,
		"GET /v2/conversations/" + shortID,
		"GET /v2/conversations/" + shortID + "/members",
		"GET /v2/conversations?limit=20&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId",
	}
	for name, forged := range map[string]string{
		"changed":               string(changed),
		"without a signature":   own[:len(own)-24] + "AAAA",
		"of another key":        writtenEvent(t, gatewaytest.NewServer(t, upstream, otherKey), shortID),
		"of a key that is lost": writtenEvent(t, gatewaytest.NewServer(t, upstream, randomKey), shortID),
	} {
		upstream.TakeCalls()
		response := askAfter(t, server, query, forged)
		wantErrors(t, response)
		diff(t, name+": consistency", "stale", decode[writeResponse](t, response.Body).Extensions["consistency"])
		diff(t, name+": calls", unconditional, upstream.TakeCalls())
		// A known event beside it is waited for.
		wantErrors(t, askAfter(t, server, fmt.Sprintf(`{ conversation(id: %q) { id } }`, otherID), own+", "+forged))
		path := "GET /v2/conversations/" + otherID
		diff(t, name+": calls", []string{path, path + " after " + firstEvent}, upstream.TakeCalls())
	}
}

// writtenEvent sends a message and returns the event ID.
func writtenEvent(t *testing.T, server *gatewaytest.Server, id string) string {
	t.Helper()
	return server.Query(t, gatewaytest.Token(), `mutation($id: ID!) { sendMessage(input: {conversationId: $id, content: "hallo"}) { messageId } }`, map[string]any{"id": id}).Header.Get("X-Event-Id")
}

// askAfter sends a query that waits for an event ID.
func askAfter(t *testing.T, server *gatewaytest.Server, query, event string) gatewaytest.Response {
	t.Helper()
	request := server.NewRequest(t, gatewaytest.Token(), query, nil)
	request.Header.Set("X-If-Event-Reached", event)
	return server.Do(t, request)
}

func TestMalformedEventID(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	wantErrors(t, call{body: `{"query":"{ __typename }"}`, header: http.Header{"X-If-Event-Reached": {""}}}.send(t, server))
	for _, header := range []string{"canary", firstEvent, "AQ", "AQ,", strings.Repeat("A", 10_000)} {
		response := call{body: `{"query":"{ viewer { id } }"}`, header: http.Header{"X-If-Event-Reached": {header}}}.send(t, server)
		wantRejected(t, response, http.StatusBadRequest, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// TestEventsOfTwoCallers writes into one conversation for two callers at once. Neither may wait for an event of the
// other.
func TestEventsOfTwoCallers(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: 5 * time.Millisecond})
	var mu sync.Mutex
	owners, waits := map[string]string{}, 0
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, event := r.Header.Get("X-Access-Token"), r.Header.Get("If-Event-Reached")
			if event != "" {
				mu.Lock()
				waits++
				if owners[event] != token {
					t.Errorf("%s waits for an event of %q", token, owners[event])
				}
				mu.Unlock()
			}
			next.ServeHTTP(&etagWatcher{ResponseWriter: w, seen: func(etag string) {
				mu.Lock()
				defer mu.Unlock()
				owners[etag] = token
			}}, r)
		})
	})
	var writing sync.WaitGroup
	for _, token := range []string{"sandbox-agency", "sandbox-bakery"} {
		for range 2 {
			writing.Go(func() {
				for i := range 10 {
					text := fmt.Sprint(token, i)
					if got := reply(t, server, token, sharedID, text); got.Data.SendMessage.SentMessage.Content != text {
						t.Errorf("%s does not see what was written: %+v", token, got)
					}
				}
			})
		}
	}
	writing.Wait()
	diff(t, "waiting reads", 80, waits)
}

// etagWatcher reports the event of a response before it is sent.
type etagWatcher struct {
	http.ResponseWriter
	seen func(etag string)
}

func (w *etagWatcher) WriteHeader(status int) {
	if etag := w.Header().Get("Etag"); etag != "" {
		w.seen(etag)
	}
	w.ResponseWriter.WriteHeader(status)
}
