package watcher

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lastCursor takes what has arrived, and returns the last cursor.
func lastCursor(t *testing.T, b *tab) string {
	t.Helper()
	events := b.events()
	if len(events) == 0 {
		t.Fatal("no event")
	}
	return events[len(events)-1].cursor
}

func TestResume_Inbox(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(5)...)
		h := newHub(t, Config{Interval: fast})
		unresolved, other := Target{Filter: open()}, subscribe(t, h, subscription(u.client, Target{}))
		b := subscribe(t, h, subscription(u.client, unresolved))
		unresolved.After = lastCursor(t, b)
		b.Close()
		// Nothing has changed: no call.
		u.take()
		b = subscribe(t, h, subscription(u.client, unresolved))
		wantKinds(t, b, "SYNCED")
		wantCalls(t, u)
		b.Close()
		// Each change once, as it is now.
		u.change(func() { u.conversations[0].Title, u.conversations[1].Status = "new", "closed" })
		time.Sleep(fast)
		synctest.Wait()
		u.change(func() { u.conversations[0].Title, u.conversations = "newest", u.conversations[:4] })
		time.Sleep(2 * fast)
		wantKinds(t, other, "SYNCED CHANGED CHANGED REMOVED")
		u.take()
		b = subscribe(t, h, subscription(u.client, unresolved))
		wantEvents(t, b,
			event{Kind: "REMOVED", ID: uuidOf(1)},
			event{Kind: "CHANGED", ID: uuidOf(0), Title: "newest", Status: "open"},
			event{Kind: "REMOVED", ID: uuidOf(4)},
			event{Kind: "SYNCED"})
		wantCalls(t, u, "list")
	})
}

// What is written or announced while a caller has no subscription reaches the next one before SYNCED, with one call.
func TestResume_ChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, announce := range map[string]func(sub Subscription, hubs []*Hub){
		"write":         func(sub Subscription, hubs []*Hub) { hubs[0].Wrote(sub.Caller, nil) },
		"hint":          func(_ Subscription, hubs []*Hub) { hubs[0].Hint([]string{uuidOf(1)}) },
		"other replica": func(sub Subscription, hubs []*Hub) { hubs[1].Wrote(sub.Caller, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, quietInbox(5)...)
				hubs, clients := newReplicas(t, u, newExchange(), 2, Config{Interval: time.Hour})
				sub := subscription(clients[0], Target{})
				b := subscribe(t, hubs[0], sub)
				sub.Target.After = lastCursor(t, b)
				b.Close()
				u.take()
				u.write(u.conversations[1], "new")
				announce(sub, hubs)
				time.Sleep(time.Minute)
				wantCalls(t, u)
				wantKinds(t, subscribe(t, hubs[0], sub), "CHANGED SYNCED")
				wantCalls(t, u, "list")
			})
		})
	}
}

// A subscription with another filter joins while the changes that a client has missed are read: rows of pages that the poll
// does not read. Only the race detector sees whether both use the digest at once.
func TestResume_WhileAnotherJoins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(5*pageSize)...)
		h := newHub(t, Config{Interval: fast})
		target := Target{Filter: open()}
		subscribe(t, h, subscription(u.client, Target{}))
		b := subscribe(t, h, subscription(u.client, target))
		target.After = lastCursor(t, b)
		b.Close()
		u.change(func() {
			for page := 1; page < 5; page++ {
				u.conversations[page*pageSize+1].Title = "new"
			}
		})
		time.Sleep(6 * fast)
		u.change(func() { u.latency = 100 * time.Millisecond })
		u.take()
		var joining sync.WaitGroup
		joining.Go(func() { b = subscribe(t, h, subscription(u.client, target)) })
		time.Sleep(5 * u.latency / 2) // the list is read, and now the first of these rows
		joining.Go(func() {
			subscribe(t, h, subscription(u.client, Target{Filter: &Filter{Key: "new", Match: all().Match}}))
		})
		joining.Wait()
		wantKinds(t, b, "CHANGED CHANGED CHANGED CHANGED SYNCED")
		calls := slices.DeleteFunc(u.take(), func(call string) bool { return call != "conversation" })
		if len(calls) != 3 { // the poll has read the page of the fourth one
			t.Errorf("got %d calls", len(calls))
		}
	})
}

// A cursor lives for two minutes after the last subscription.
func TestResume_Lingering(t *testing.T) {
	t.Parallel()
	for pause, want := range map[time.Duration]string{lingering - time.Second: "CHANGED SYNCED", lingering + time.Second: "RESYNC"} {
		synctest.Test(t, func(t *testing.T) {
			u, dropped := newUpstream(t, quietInbox(5)...), ""
			h := newHub(t, Config{Interval: fast, Observer: Observer{Dropped: func(reason string) { dropped = reason }}})
			b := subscribe(t, h, subscription(u.client, Target{}))
			after := lastCursor(t, b)
			b.Close()
			u.change(func() { u.conversations[0].Title = "new" })
			u.take()
			time.Sleep(pause)
			synctest.Wait()
			wantCalls(t, u)
			again := subscribe(t, h, subscription(u.client, Target{After: after}))
			wantKinds(t, again, want)
			wantCalls(t, u, "list")
			if (dropped == "old_cursor") != (want == "RESYNC") {
				t.Errorf("after %v, %q is counted", pause, dropped)
			}
		})
	}
}

func TestResume_Conversation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		c := history(u, "first", "second")
		h := newHub(t, Config{Interval: fast})
		target := Target{ConversationID: c.ID}
		b, other := subscribe(t, h, subscription(u.client, target)), subscribe(t, h, subscription(u.client, target))
		target.After = lastCursor(t, b)
		b.Close()
		u.write(c, "third")
		u.change(func() { c.messages[0]["messageContent"] = "edited" })
		time.Sleep(fast)
		synctest.Wait()
		u.write(c, "fourth")
		time.Sleep(fast)
		wantKinds(t, other, "SYNCED CHANGED CHANGED")
		u.take()
		b = subscribe(t, h, subscription(u.client, target))
		state := event{ID: c.ID, Title: "title 0", Status: "open"}
		changed, synced := state, state
		changed.Kind, changed.New, changed.Changed, synced.Kind = "CHANGED", []string{uuidOf(1002), uuidOf(1003)}, []string{uuidOf(1000)}, "SYNCED"
		wantEvents(t, b, changed, synced)
		wantCalls(t, u, "list", "messages")
		// The digest of the conversation is gone, that of the inbox is not.
		b.Close()
		other.Close()
		keeper := subscribe(t, h, subscription(u.client, Target{}))
		time.Sleep(lingering + 2*fast)
		b = subscribe(t, h, subscription(u.client, target))
		wantKinds(t, b, "RESYNC")
		wantKinds(t, keeper, "SYNCED")
	})
}

func TestResume_Invalid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		after := lastCursor(t, b)
		for name, target := range map[string]Target{
			"another filter": {Filter: open(), After: after},
			"conversation":   {ConversationID: uuidOf(0), After: after},
			"no cursor":      {After: "x"},
			"long":           {After: strings.Repeat("A", 5000)},
		} {
			if _, err := h.Subscribe(t.Context(), subscription(u.client, target)); err == nil || strings.Contains(err.Error(), after) {
				t.Errorf("%s: %v", name, err)
			}
		}
		future := cursor{epoch: h.all()[0].epoch, target: Target{Filter: all()}.hash(), number: 99}
		wantKinds(t, subscribe(t, h, subscription(u.client, Target{After: future.String()})), "RESYNC")
	})
}

// While mStudio is away, a client that has missed nothing can still resume.
func TestResume_Away(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: time.Minute})
		b := subscribe(t, h, subscription(u.client, Target{}))
		after := lastCursor(t, b)
		u.change(func() { u.status = http.StatusBadGateway })
		wantKinds(t, subscribe(t, h, subscription(u.client, Target{After: after})), "SYNCED")
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add("")
	f.Add(cursor{1, 2, 3}.String())
	f.Add(cursor{1, 2, 3}.String()[:20] + "\n" + cursor{1, 2, 3}.String()[20:])
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text, 2)
		if err == nil && c.String() != text {
			t.Errorf("%q has two spellings", text)
		}
	})
}

// What a client gets is not older than what it has missed.
func TestResume_OlderRow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		b, other := subscribe(t, h, subscription(u.client, Target{})), subscribe(t, h, subscription(u.client, Target{}))
		after := lastCursor(t, b)
		before := u.conversations[0].At
		u.write(u.conversations[0], "new")
		time.Sleep(fast)
		wantKinds(t, other, "SYNCED CHANGED")
		u.change(func() { u.conversations[0].At = before })
		wantKinds(t, subscribe(t, h, subscription(u.client, Target{After: after})), "RESYNC")
	})
}
