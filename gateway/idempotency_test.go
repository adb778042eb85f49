package gateway_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const sendOnce = `mutation($input: SendMessageInput!) { sendMessage(input: $input) { messageId userErrors { code message field } } }`

// once returns the variables of sendOnce for a message with a key.
func once(conversation string) map[string]any {
	return map[string]any{"input": map[string]any{"conversationId": conversation, "content": "hallo", "idempotencyKey": "a"}}
}

// after returns the variables of sendOnce for a message after another.
func after(conversation, content, newest string) map[string]any {
	return map[string]any{"input": map[string]any{"conversationId": conversation, "content": content, "ifLastMessage": newest}}
}

// writing starts a gateway whose upstream blocks messages that are sent.
func writing(t *testing.T) (*gatewaytest.Server, *gatewaytest.Upstream, *gate) {
	t.Helper()
	server, upstream := start(t, gateway.Config{})
	return server, upstream, newGate(upstream, isPost)
}

func isPost(r *http.Request) bool { return r.Method == http.MethodPost }

func TestIdempotencyKey_TwoAtOnce(t *testing.T) {
	t.Parallel()
	server, upstream, held := writing(t)
	request := func() *http.Request {
		return server.NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID))
	}
	first := server.Start(request())
	held.await(t, 1, first)
	second := server.Start(request())
	held.open()
	one, two := <-first, <-second
	checkErrors(t, one)
	diff(t, "response", string(one.Body), string(two.Body)) // including the event
	diff(t, "writes", 1, posts(upstream))
	if !strings.Contains(string(one.Body), `"messageId":"`) || !strings.Contains(string(one.Body), `"eventId"`) {
		t.Errorf("%s", one.Body)
	}
}

// A client repeats a write because it has lost the connection. The write must not end with it.
func TestIdempotencyKey_ClientThatHangsUp(t *testing.T) {
	t.Parallel()
	server, upstream, held := writing(t)
	request := server.NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID))
	ctx, hangUp := context.WithCancel(t.Context())
	first := server.Start(request.WithContext(ctx))
	held.await(t, 1, first)
	hangUp()
	if _, answered := <-first; answered {
		t.Fatal("the client did not hang up")
	}
	second := server.Start(server.NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID)))
	held.open()
	if got := decode[writeResponse](t, (<-second).Body).Data.SendMessage; got.MessageID == "" {
		t.Errorf("got %+v", got)
	}
	diff(t, "writes", 1, posts(upstream))
}

// An ID in another spelling is the same input.
func TestIdempotencyKey_UpperCase(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const open = `mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversationId userErrors { code } } }`
	for mutation, input := range map[string]map[string]any{
		sendOnce: {"conversationId": shortID, "content": "hallo", "ifLastMessage": lastOf(t, server, shortID)},
		open:     {"title": "hallo", "sharedWith": map[string]any{"type": "CUSTOMER", "id": customerOf(t, server)}},
	} {
		input["idempotencyKey"] = "a"
		first := server.Query(t, gatewaytest.Token(), mutation, map[string]any{"input": input})
		upperIDs(input)
		diff(t, "response", string(first.Body), string(server.Query(t, gatewaytest.Token(), mutation, map[string]any{"input": input}).Body))
		diff(t, "writes", 1, posts(upstream))
	}
}

// upperIDs spells all UUIDs of an input in upper case.
func upperIDs(input map[string]any) {
	for name, value := range input {
		switch value := value.(type) {
		case string:
			if len(value) == len(shortID) {
				input[name] = strings.ToUpper(value)
			}
		case map[string]any:
			upperIDs(value)
		}
	}
}

func customerOf(t *testing.T, server *gatewaytest.Server) string {
	t.Helper()
	return decode[struct {
		Data struct {
			Customers struct{ Nodes []struct{ ID string } }
		}
	}](t, ask(t, server, `{ customers(first: 1) { nodes { id } } }`).Body).Data.Customers.Nodes[0].ID
}

// Keys of two callers are independent, although both may write to the conversation.
func TestIdempotencyKey_OfAnotherCaller(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	var ids []string
	for _, demo := range sandbox.DemoTokens()[:2] {
		response := server.Query(t, demo.Token, sendOnce, once(sharedID))
		ids = append(ids, decode[writeResponse](t, response.Body).Data.SendMessage.MessageID)
	}
	if ids[0] == "" || ids[0] == ids[1] {
		t.Errorf("got %q", ids)
	}
	diff(t, "writes", 2, posts(upstream))
}

// A write whose response is lost is not repeated, whatever happened to it.
func TestIdempotencyKey_UnknownOutcome(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = io.Copy(io.Discard, r.Body)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	for range 2 {
		response := server.Query(t, gatewaytest.Token(), sendOnce, once(shortID))
		wantOutcome(t, response, "sendMessage", "UPSTREAM_UNAVAILABLE", "unknown")
	}
	diff(t, "writes", 1, posts(upstream))
}

// A written message whose response was unreadable is waited for by the repetition, too.
func TestIdempotencyKey_UnreadableResponse(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Intercept(writesWithoutResponse)
	var events []string
	for range 2 {
		response := server.Query(t, gatewaytest.Token(), sendOnce, once(shortID))
		wantOutcome(t, response, "sendMessage", "UPSTREAM_BAD_RESPONSE", "done")
		events = append(events, response.Header.Get("X-Event-Id"))
	}
	diff(t, "writes", 1, posts(upstream))
	if events[0] == "" || events[0] != events[1] {
		t.Errorf("got events %q", events)
	}
}

// A repetition uploads no file again. Another number of files is another input.
func TestIdempotencyKey_WithFiles(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	send := func(names ...string) gatewaytest.Response {
		var files []gatewaytest.File
		for i, name := range names {
			files = append(files, textFile(i, name, "content"))
		}
		variables := once(shortID)
		variables["input"].(map[string]any)["files"] = make([]any, len(files))
		return server.Do(t, server.NewUpload(t, gatewaytest.Token(), sendOnce, variables, files...))
	}
	first := send("a.txt")
	diff(t, "calls", 3, len(upstream.TakeCalls()))
	diff(t, "response", string(first.Body), string(send("a.txt").Body))
	got := decode[writeResponse](t, send("a.txt", "b.txt").Body).Data.SendMessage
	if len(got.UserErrors) != 1 || got.UserErrors[0].Code != "INVALID" {
		t.Errorf("got %+v", got)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// lastOf returns the ID of the newest message of a conversation.
func lastOf(t *testing.T, server *gatewaytest.Server, id string) string {
	t.Helper()
	response := ask(t, server, `{ conversation(id: "`+id+`") { messages(last: 1) { nodes { ... on MessageItem { id } } } } }`)
	return decode[struct {
		Data struct {
			Conversation struct {
				Messages struct{ Nodes []struct{ ID string } }
			}
		}
	}](t, response.Body).Data.Conversation.Messages.Nodes[0].ID
}

// Of two messages at once after the same one, by two callers, one is sent.
func TestIfLastMessage_TwoAtOnce(t *testing.T) {
	t.Parallel()
	server, upstream, held := writing(t)
	newest := lastOf(t, server, sharedID)
	first := server.Start(server.NewRequest(t, gatewaytest.Token(), sendOnce, after(sharedID, "eins", newest)))
	held.await(t, 1, first)
	other := sandbox.DemoTokens()[1].Token
	variables := after(strings.ToUpper(sharedID), "zwei", strings.ToUpper(newest))
	second := decode[writeResponse](t, server.Query(t, other, sendOnce, variables).Body).Data.SendMessage
	if second.MessageID != "" || len(second.UserErrors) != 1 || second.UserErrors[0].Code != "CONFLICT" {
		t.Errorf("got %+v", second)
	}
	held.open()
	if got := decode[writeResponse](t, (<-first).Body).Data.SendMessage; got.MessageID == "" {
		t.Errorf("got %+v", got)
	}
	diff(t, "writes", 1, posts(upstream))
}

// mStudio may show the old history after a message was sent. Another one after the same item is a conflict nevertheless.
func TestIfLastMessage_DelayedHistory(t *testing.T) {
	t.Parallel()
	server, upstream := lagging(t, sandbox.Config{EventLag: 1 << 40})
	newest := lastOf(t, server, shortID)
	var codes []string
	for _, content := range []string{"eins", "zwei"} {
		got := decode[writeResponse](t, server.Query(t, gatewaytest.Token(), sendOnce, after(shortID, content, newest)).Body).Data.SendMessage
		codes = append(codes, "")
		for _, found := range got.UserErrors {
			codes[len(codes)-1] += found.Code
		}
	}
	if !slices.Equal(codes, []string{"", "CONFLICT"}) {
		t.Errorf("got %q", codes)
	}
	diff(t, "writes", 1, posts(upstream))
}

// A message that was not sent, or perhaps not, blocks no other.
func TestIfLastMessage_AfterAFailure(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	newest := lastOf(t, server, shortID)
	upstream.Replace(sendCall, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	for range 2 {
		wantOutcome(t, server.Query(t, gatewaytest.Token(), sendOnce, after(shortID, "hallo", newest)), "sendMessage", "UPSTREAM_UNAVAILABLE", "unknown")
	}
	diff(t, "writes", 2, posts(upstream))
}
