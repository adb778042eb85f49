package watcher

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
)

// history is a conversation with messages.
func history(u *upstream, texts ...string) *conversation {
	for _, text := range texts {
		u.write(u.conversations[0], text)
	}
	u.take()
	time.Sleep(time.Millisecond)
	return u.conversations[0]
}

func TestConversation_Messages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		c := history(u, "first", "second")
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		wantEvents(t, b, event{Kind: "SYNCED", ID: c.ID, Title: "title 0", Status: "open"})
		wantCalls(t, u, "list", "messages")
		time.Sleep(fast)
		synctest.Wait()
		wantCalls(t, u, "list")

		u.write(c, "third")
		u.change(func() {
			c.messages = append(c.messages, map[string]any{
				"type": "MESSAGE", "messageId": uuidOf(5000), "conversationId": c.ID, "createdAt": c.At, "messageContent": "a note", "internal": true,
			})
		})
		time.Sleep(fast)
		synctest.Wait()
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open", New: []string{uuidOf(1002)}})
		wantCalls(t, u, "list", "messages")

		u.change(func() { c.messages[1]["messageContent"] = "edited" })
		time.Sleep(historyInterval)
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open", Changed: []string{uuidOf(1001)}})
		messages := 0
		for _, call := range u.take() {
			if call == "messages" {
				messages++
			}
		}
		if messages != 1 {
			t.Errorf("the history was read %d times in five minutes", messages)
		}
	})
}

// A history may be older than the list that announces its newest message. It is read again until it has the message.
func TestConversation_LateHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		c := history(u, "first")
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		wantKinds(t, b, "SYNCED")
		time.Sleep(time.Minute)
		u.write(c, "late")
		late := c.messages[1]
		u.change(func() { c.messages = c.messages[:1] })
		time.Sleep(fast)
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open"})
		u.change(func() { c.messages = append(c.messages, late) })
		u.take()
		time.Sleep(fast)
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open", New: []string{uuidOf(1001)}})
		wantCalls(t, u, "list", "messages")
		time.Sleep(fast)
		synctest.Wait()
		wantCalls(t, u, "list")

		u.change(func() { c.At = time.Now().UTC() }) // no message follows
		time.Sleep(time.Minute)
		histories := 0
		for _, call := range u.take() {
			if call == "messages" {
				histories++
			}
		}
		if histories < 2 || histories > 4 {
			t.Errorf("the history was read %d times", histories)
		}
	})
}

// Subscriptions to one conversation share its calls, and a row of the list costs none.
func TestConversation_Calls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(150)...)
		oldest := u.conversations[149]
		h := newHub(t, Config{Interval: fast, Rows: 100})
		target := Target{ConversationID: oldest.ID}
		first := subscribe(t, h, subscription(u.client, target))
		wantCalls(t, u, "list", "conversation", "messages")
		second := subscribe(t, h, subscription(u.client, target))
		wantCalls(t, u, "list", "conversation")
		wantKinds(t, first, "SYNCED")
		wantKinds(t, second, "SYNCED")
		u.change(func() { oldest.Status = "closed" })
		time.Sleep(fast)
		wantKinds(t, first, "CHANGED")
		wantKinds(t, second, "CHANGED")
		wantCalls(t, u, "list", "conversation", "messages")
	})
}

// A conversation is gone if two polls say so. The subscription is complete then.
func TestConversation_Gone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		c := u.conversations[2]
		h := newHub(t, Config{})
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		inbox := subscribe(t, h, subscription(u.client, Target{}))
		wantKinds(t, b, "SYNCED")
		wantKinds(t, inbox, "SYNCED")
		u.change(func() { u.conversations = u.conversations[:2] })
		time.Sleep(75 * time.Second)
		synctest.Wait()
		results, end := b.Take()
		if len(results) != 1 || parse(t, results[0]).Kind != "GONE" || end == nil || end.Errors != nil {
			t.Errorf("got %d results, %+v", len(results), end)
		}
		wantKinds(t, inbox, "REMOVED")

		late := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		results, end = late.Take()
		if len(results) != 1 || parse(t, results[0]).Kind != "GONE" || end == nil {
			t.Errorf("late: %d results, %+v", len(results), end)
		}
	})
}

// An older state does not count as one of the two polls without the conversation.
func TestConversation_Older(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		c := history(u, "first")
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		wantKinds(t, b, "SYNCED")
		time.Sleep(fast / 2)
		old := *c
		old.At = old.At.Add(-time.Hour)
		u.change(func() { u.older = func() []*conversation { return []*conversation{&old, u.conversations[1]} } })
		time.Sleep(fast)
		u.change(func() { u.older, u.conversations = nil, u.conversations[1:] })
		time.Sleep(fast)
		u.change(func() { u.conversations = append(u.conversations, c) })
		time.Sleep(fast)
		wantKinds(t, b, "")
	})
}

func TestConversation_Failures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		c := history(u, "first")
		u.broken = func(r *http.Request) int {
			if len(r.URL.Path) > 60 { // a history
				return http.StatusInternalServerError
			}
			return 0
		}
		h := newHub(t, Config{Interval: fast})
		if _, err := h.Subscribe(t.Context(), subscription(u.client, Target{ConversationID: c.ID})); err == nil {
			t.Error("started without a history")
		}
		u.change(func() { u.broken = nil })
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		wantKinds(t, b, "SYNCED")
		u.change(func() { u.hidden[c.ID] = http.StatusInternalServerError })
		u.write(c, "second")
		time.Sleep(fast)
		wantKinds(t, b, "")
		u.change(func() { u.hidden[c.ID] = 0 })
		time.Sleep(fast)
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open", New: []string{uuidOf(1001)}})
	})
}

func TestConversation_Wrote(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		c := history(u, "first")
		h := newHub(t, Config{})
		b := subscribe(t, h, subscription(u.client, Target{ConversationID: c.ID}))
		wantKinds(t, b, "SYNCED")
		u.take()
		u.write(c, "own")
		h.Wrote(Caller{Key: "caller", Client: u.client}, []loader.Event{{ConversationID: c.ID, ID: "7"}})
		wantEvents(t, b, event{Kind: "CHANGED", ID: c.ID, Title: "title 0", Status: "open", New: []string{uuidOf(1001)}})
		wantCalls(t, u, "list after 7", "messages after 7")
	})
}
