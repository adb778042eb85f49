package gateway_test

import (
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/sandbox"
)

// claims returns how many claims have ended.
func claims(pipe *sharedstatetest.Pipe) (ended int) {
	for _, key := range pipe.Keys() {
		if value, _ := pipe.Redis.Get(key); strings.HasPrefix(key, "mg1:o:") && value[0] == 's' {
			ended++
		}
	}
	return ended
}

// The same write on two replicas at once is one write. Both responses are the same, including the event.
func TestReplicas_IdempotencyKey(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 3)
	held := newGate(upstream, isPost)
	first := servers[0].Start(servers[0].NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID)))
	held.await(t, 1, first)
	second := servers[1].Start(servers[1].NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID)))
	asked := pipe.Commands("EVALSHA")
	eventually(t, "the second replica waits", func() bool { return pipe.Commands("EVALSHA") > asked })
	held.open()
	one := <-first
	checkErrors(t, one)
	for _, other := range []gatewaytest.Response{<-second, servers[2].Query(t, gatewaytest.Token(), sendOnce, once(shortID))} {
		diff(t, "response", string(one.Body), string(other.Body))
	}
	diff(t, "writes", 1, posts(upstream))
	if !strings.Contains(string(one.Body), `"eventId"`) || strings.Contains(string(one.Body), `"idempotency"`) {
		t.Errorf("%s", one.Body)
	}
	variables := once(shortID)
	variables["input"].(map[string]any)["content"] = "anders"
	got := decode[writeResponse](t, servers[1].Query(t, gatewaytest.Token(), sendOnce, variables).Body).Data.SendMessage
	if len(got.UserErrors) != 1 || got.UserErrors[0].Code != "INVALID" {
		t.Errorf("got %+v", got)
	}
	other := decode[writeResponse](t, servers[1].Query(t, sandbox.DemoTokens()[1].Token, sendOnce, once(sharedID)).Body).Data.SendMessage
	if other.MessageID == "" {
		t.Errorf("the key of another caller: %+v", other)
	}
}

// A write that was not made frees the key for other replicas. One whose response was unreadable is known to them, with its event.
func TestReplicas_IdempotencyKeyAfterAFailure(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 2)
	variables := once("00000000-0000-4000-8000-000000000000")
	for _, server := range servers {
		got := decode[writeResponse](t, server.Query(t, gatewaytest.Token(), sendOnce, variables).Body).Data.SendMessage
		if len(got.UserErrors) != 1 || got.UserErrors[0].Code != "NOT_FOUND" {
			t.Errorf("got %+v", got)
		}
	}
	diff(t, "writes", 2, posts(upstream))
	upstream.Intercept(writesWithoutResponse)
	var events []string
	for i, server := range servers {
		response := server.Query(t, gatewaytest.Token(), sendOnce, once(shortID))
		wantOutcome(t, response, "sendMessage", "UPSTREAM_BAD_RESPONSE", "done")
		events = append(events, response.Header.Get("X-Event-Id"))
		eventually(t, "the result is shared", func() bool { return i > 0 || claims(pipe) == 1 })
	}
	diff(t, "writes", 1, posts(upstream))
	if events[0] == "" || events[0] != events[1] {
		t.Errorf("got events %q", events)
	}
}

// A repetition on another replica uploads no file again.
func TestReplicas_IdempotencyKeyWithFiles(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 2)
	var bodies []string
	for i, server := range servers {
		variables := once(shortID)
		variables["input"].(map[string]any)["files"] = []any{nil}
		bodies = append(bodies, string(server.Do(t, server.NewUpload(t, gatewaytest.Token(), sendOnce, variables, textFile(0, "a.txt", "content"))).Body))
		eventually(t, "the result is shared", func() bool { return i > 0 || claims(pipe) == 1 })
	}
	diff(t, "response", bodies[0], bodies[1])
	diff(t, "calls", 3, len(upstream.TakeCalls()))
}

// A repetition waits for a write on another replica as long as its own time allows.
func TestReplicas_IdempotencyKeyOfARunningWrite(t *testing.T) {
	t.Parallel()
	short := gateway.Config{OperationTimeout: time.Millisecond} // and five seconds for a mutation
	servers, upstream, _ := replicasOf(t, sandbox.Config{}, gateway.Config{}, short)
	held := newGate(upstream, isPost)
	first := servers[0].Start(servers[0].NewRequest(t, gatewaytest.Token(), sendOnce, once(shortID)))
	held.await(t, 1, first)
	response := servers[1].Query(t, gatewaytest.Token(), sendOnce, once(shortID))
	wantErrors(t, response)
	wantData(t, response, `{"sendMessage": {"messageId": null, "userErrors": [{
		"code": "CONFLICT", "message": "The write with this key is still running. Try again with the same key.", "field": ["input", "idempotencyKey"]}]}}`)
	held.open()
	diff(t, "response", string((<-first).Body), string(servers[1].Query(t, gatewaytest.Token(), sendOnce, once(shortID)).Body))
	diff(t, "writes", 1, posts(upstream))
}

// Without an answer of the server, a response to a write with a key reports it, on a repetition too. Others do not.
func TestReplicas_IdempotencyKeyIsLocal(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 1)
	pipe.Kill()
	for range 2 {
		response := servers[0].Query(t, gatewaytest.Token(), sendOnce, once(shortID))
		diff(t, "idempotency", "local", decode[writeResponse](t, response.Body).Extensions["idempotency"])
	}
	diff(t, "writes", 1, posts(upstream))
	newest := lastOf(t, servers[0], shortID)
	if response := servers[0].Query(t, gatewaytest.Token(), sendOnce, after(shortID, "eins", newest)); strings.Contains(string(response.Body), "idempotency") {
		t.Errorf("%s", response.Body)
	}
}

// Of two messages after the same one, by two callers on two replicas, one is sent. One that was perhaps not sent blocks no other.
func TestReplicas_IfLastMessage(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicas(t, 2)
	newest := lastOf(t, servers[0], sharedID)
	held := newGate(upstream, isPost)
	first := servers[0].Start(servers[0].NewRequest(t, gatewaytest.Token(), sendOnce, after(sharedID, "eins", newest)))
	held.await(t, 1, first)
	for _, key := range pipe.Keys() {
		if life := pipe.Redis.TTL(key); strings.HasPrefix(key, "mg1:o:") && (life <= 0 || life > 20*time.Second) {
			t.Errorf("if this replica dies, it blocks other messages for %v", life)
		}
	}
	variables := after(strings.ToUpper(sharedID), "zwei", strings.ToUpper(newest))
	second := decode[writeResponse](t, servers[1].Query(t, sandbox.DemoTokens()[1].Token, sendOnce, variables).Body).Data.SendMessage
	if second.MessageID != "" || len(second.UserErrors) != 1 || second.UserErrors[0].Code != "CONFLICT" {
		t.Errorf("got %+v", second)
	}
	held.open()
	wantErrors(t, <-first)
	diff(t, "writes", 1, posts(upstream))

	servers, upstream, _ = replicas(t, 2)
	newest = lastOf(t, servers[0], shortID)
	upstream.Replace(sendCall, cannedResponse(t, []byte("502\n\n")))
	for _, server := range servers {
		wantOutcome(t, server.Query(t, gatewaytest.Token(), sendOnce, after(shortID, "hallo", newest)), "sendMessage", "UPSTREAM_UNAVAILABLE", "unknown")
	}
	diff(t, "writes", 2, posts(upstream))
}

// After a message was sent, mStudio may show the old history on another replica, too.
func TestReplicas_IfLastMessageWithDelay(t *testing.T) {
	t.Parallel()
	servers, upstream, pipe := replicasOf(t, sandbox.Config{EventLag: 1 << 40}, gateway.Config{}, gateway.Config{})
	newest := lastOf(t, servers[0], shortID)
	wantErrors(t, servers[0].Query(t, gatewaytest.Token(), sendOnce, after(shortID, "eins", newest)))
	eventually(t, "the claim is shared", func() bool { return claims(pipe) == 1 })
	got := decode[writeResponse](t, servers[1].Query(t, gatewaytest.Token(), sendOnce, after(shortID, "zwei", newest)).Body).Data.SendMessage
	if len(got.UserErrors) != 1 || got.UserErrors[0].Code != "CONFLICT" {
		t.Errorf("got %+v", got)
	}
	diff(t, "writes", 1, posts(upstream))
}
