package watcher

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const fast = 5 * time.Second

// A panic while a change is rendered is an error in its place. Other changes and subscriptions get theirs.
func TestInbox_RenderPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(3)
		u := newUpstream(t, rows...)
		h := newHub(t, Config{Interval: fast})
		fragile := subscription(u.client, Target{})
		render := fragile.Render
		fragile.Key, fragile.Render = "fragile", func(ctx context.Context, change any) []byte {
			if c, ok := change.(*model.InboxChange); ok && c.Conversation != nil && c.Conversation.Title == "bad" {
				panic("canary")
			}
			return render(ctx, change)
		}
		broken, other := subscribe(t, h, fragile), subscribe(t, h, subscription(u.client, Target{}))
		wantKinds(t, broken, "SYNCED")
		u.change(func() { rows[0].Title, rows[1].Title, rows[2].Title = "first", "bad", "last" })
		time.Sleep(fast)
		wantKinds(t, other, "SYNCED CHANGED CHANGED CHANGED")
		results, end := broken.Take()
		if len(results) != 3 || end != nil || !strings.Contains(string(results[1]), `{"errors":"`) || strings.Contains(string(results[1]), "canary") {
			t.Errorf("got %s, %v", results, end)
		}
	})
}

func wantEvents(t *testing.T, b *tab, want ...event) {
	t.Helper()
	got := b.events()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(event{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Rows enter and leave two filters of one caller, by the rows of one poll.
func TestInbox_Filters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(3)
		rows[2].Status = "closed"
		u := newUpstream(t, rows...)
		counted := map[string]int{}
		h := newHub(t, Config{Interval: fast, Observer: Observer{
			Polled:  func(result string) { counted[result]++ },
			Changed: func(kind string, _ time.Duration) { counted[kind]++ },
		}})
		every, unresolved := subscribe(t, h, subscription(u.client, Target{})), subscribe(t, h, subscription(u.client, Target{Filter: open()}))
		wantEvents(t, every, event{Kind: "SYNCED"})
		wantEvents(t, unresolved, event{Kind: "SYNCED"})
		time.Sleep(fast)
		wantKinds(t, every, "")

		u.change(func() { rows[0].Status, rows[2].Status = "closed", "open" })
		time.Sleep(fast)
		closed, opened := event{Kind: "CHANGED", ID: rows[0].ID, Title: "title 0", Status: "closed"}, event{Kind: "CHANGED", ID: rows[2].ID, Title: "title 2", Status: "open"}
		wantEvents(t, every, opened, closed)
		opened.Kind = "ADDED"
		wantEvents(t, unresolved, opened, event{Kind: "REMOVED", ID: rows[0].ID})

		created := &conversation{ID: uuidOf(77), Title: "new", Status: "open", At: time.Now().UTC()}
		u.change(func() { u.conversations = append(u.conversations, created) })
		time.Sleep(fast)
		added := event{Kind: "ADDED", ID: created.ID, Title: "new", Status: "open"}
		wantEvents(t, every, added)
		wantEvents(t, unresolved, added)
		u.take()

		u.change(func() { u.conversations = rows }) // what one poll does not show may be late
		time.Sleep(fast)
		wantEvents(t, every)
		time.Sleep(fast)
		wantEvents(t, every, event{Kind: "REMOVED", ID: created.ID})
		wantEvents(t, unresolved, event{Kind: "REMOVED", ID: created.ID})
		wantCalls(t, u, "list", "list")
		want := map[string]int{"unchanged": 3, "changed": 3 + 2, "added": 1 + 2, "removed": 1 + 2}
		if diff := cmp.Diff(want, counted); diff != "" {
			t.Errorf("counted (-want +got):\n%s", diff)
		}
	})
}

// A list that is the same as in the last poll is not compared again, unless a filter is new.
func TestInbox_SameList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(3)
		rows[2].Status = "closed"
		u := newUpstream(t, rows...)
		h := newHub(t, Config{Interval: fast})
		var matched atomic.Int64
		counted := &Filter{Key: "counted", Match: func(*rest.Conversation) bool { matched.Add(1); return true }}
		b := subscribe(t, h, subscription(u.client, Target{Filter: counted}))
		wantKinds(t, b, "SYNCED")
		wantMatched := func(want int64) {
			t.Helper()
			time.Sleep(fast)
			synctest.Wait()
			if got := matched.Load(); got != want {
				t.Errorf("%d rows were compared, want %d", got, want)
			}
		}
		wantMatched(3)
		wantMatched(3)
		wantKinds(t, b, "")
		unresolved := subscribe(t, h, subscription(u.client, Target{Filter: open()}))
		wantKinds(t, unresolved, "SYNCED")
		wantMatched(6)
		time.Sleep(readingTime)
		u.change(func() { rows[2].Title = "still closed" })
		wantMatched(9)
		wantKinds(t, b, "CHANGED")
		wantKinds(t, unresolved, "")
		u.take()
		u.change(func() { u.conversations = rows[:2] })
		wantMatched(11) // a row is missing, so that the next poll must prove it
		wantMatched(13)
		wantMatched(13)
		wantKinds(t, b, "REMOVED")
		wantCalls(t, u, "list", "list", "list")
	})
}

// A read that goes back in time is not believed at once.
func TestInbox_OlderRow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(2)
		u := newUpstream(t, rows...)
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		wantKinds(t, b, "SYNCED")
		before := rows[0].At
		u.change(func() { rows[0].At = time.Now().UTC() })
		time.Sleep(fast)
		wantKinds(t, b, "CHANGED")
		now := rows[0].At
		for _, step := range []struct {
			at   time.Time
			want string
		}{{before, ""}, {now, ""}, {before, ""}, {before, "CHANGED"}} {
			u.change(func() { rows[0].At = step.at })
			time.Sleep(fast)
			wantKinds(t, b, step.want)
		}
	})
}

func TestInbox_TooManyChanges(t *testing.T) {
	t.Parallel()
	for changes, want := range map[int]string{50: strings.TrimSpace(strings.Repeat("CHANGED ", 50)), 51: "RESYNC"} {
		synctest.Test(t, func(t *testing.T) {
			u := newUpstream(t, quietInbox(60)...)
			h := newHub(t, Config{Interval: fast})
			b := subscribe(t, h, subscription(u.client, Target{}))
			wantKinds(t, b, "SYNCED")
			u.change(func() {
				for i := range changes {
					u.conversations[i].Title = "changed"
				}
			})
			time.Sleep(fast)
			wantKinds(t, b, want)
		})
	}
}

// An own write is in the other tabs one latency after it, and no later poll shows a state from before.
func TestWrote(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(2)
		u := newUpstream(t, rows...)
		h := newHub(t, Config{})
		b := subscribe(t, h, subscription(u.client, Target{}))
		wantKinds(t, b, "SYNCED")
		u.change(func() { u.latency = 100 * time.Millisecond })
		u.take()
		u.write(rows[1], "own")
		h.Wrote(Caller{Key: "caller", Client: u.client}, []loader.Event{{ConversationID: rows[1].ID, ID: "12"}})
		h.Wrote(Caller{Key: "somebody else", Client: u.client}, []loader.Event{{ConversationID: rows[1].ID, ID: "12"}})
		time.Sleep(100 * time.Millisecond)
		wantKinds(t, b, "CHANGED")
		wantCalls(t, u, "list after 12")
		time.Sleep(3 * time.Second)
		wantCalls(t, u, "list after 12")
	})
}

// A timer that has ended twice causes no call.
func TestHint_TimerEndsTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: time.Hour})
		wantKinds(t, subscribe(t, h, subscription(u.client, Target{})), "SYNCED")
		u.take()
		for _, w := range h.all() {
			h.poll(w)
		}
		time.Sleep(time.Minute)
		wantCalls(t, u)
	})
}

// Hints cause at most one poll per second, and only those about known conversations.
func TestHint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: time.Hour})
		b := subscribe(t, h, subscription(u.client, Target{}))
		h.Hint([]string{uuidOf(5), "no ID"})
		synctest.Wait()
		wantCalls(t, u, "list")
		for range 30 {
			h.Hint([]string{uuidOf(5), uuidOf(1)})
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		wantCalls(t, u, "list", "list", "list", "list")
		time.Sleep(time.Minute)
		wantCalls(t, u)
		wantKinds(t, b, "SYNCED")
	})
}

// A token that mStudio rejects later ends all subscriptions of the caller.
func TestUnauthenticated_Later(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{})
		first, second := subscribe(t, h, subscription(u.client, Target{})), subscribe(t, h, subscription(u.client, Target{Filter: open()}))
		wantKinds(t, first, "SYNCED")
		notified := 0
		first.Notify(func() { notified++ })
		time.Sleep(time.Hour)
		u.change(func() { u.status = http.StatusUnauthorized })
		time.Sleep(70 * time.Second)
		synctest.Wait()
		for _, b := range []*tab{first, second} {
			_, end := b.Take()
			if end == nil || !end.Unauthenticated || !strings.Contains(string(end.Errors), "unauthenticated") {
				t.Errorf("ended with %+v", end)
			}
		}
		if notified != 1 {
			t.Errorf("notified %d times", notified)
		}
		u.take()
		time.Sleep(time.Hour)
		wantCalls(t, u)
		if len(h.all()) > 0 {
			t.Error("the hub remembers the token")
		}
	})
}

// While mStudio is away, polls are rare and subscriptions stay.
func TestFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(2)
		rows[0].At = time.Now().UTC()
		u := newUpstream(t, rows...)
		h := newHub(t, Config{})
		b := subscribe(t, h, subscription(u.client, Target{}))
		u.change(func() { u.status = http.StatusInternalServerError })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if calls := len(u.take()); calls < 6 || calls > 20 {
			t.Errorf("%d calls in ten minutes", calls)
		}
		u.change(func() { u.status = 0; rows[1].Status = "closed" })
		time.Sleep(2*time.Minute + 15*time.Second)
		if got := b.events(); len(got) != 2 || got[1].Kind != "CHANGED" {
			t.Errorf("got %+v", got)
		}
		if _, err := h.Subscribe(t.Context(), subscription(u.client, Target{})); err != nil {
			t.Error(err)
		}
	})
}

// After a 429, no poll is made before the window ends.
func TestRateLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		b := subscribe(t, h, subscription(u.client, Target{}))
		u.change(func() {
			u.status = http.StatusTooManyRequests
			u.header = func(header http.Header) {
				header.Set("X-RateLimit-Limit", "100")
				header.Set("X-RateLimit-Remaining", "0")
				header.Set("X-RateLimit-Reset", "55")
			}
		})
		time.Sleep(fast)
		synctest.Wait()
		u.take()
		u.change(func() { u.status, u.header = 0, nil })
		h.Hint([]string{uuidOf(1)})
		time.Sleep(50 * time.Second)
		synctest.Wait()
		wantCalls(t, u)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if calls := len(u.take()); calls < 2 || calls > 4 {
			t.Errorf("%d calls after the window", calls)
		}
		wantKinds(t, b, "SYNCED")
	})
}

func TestLimit_Subscriptions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Subscriptions: 3})
		var tabs []*tab
		for range 3 {
			tabs = append(tabs, subscribe(t, h, subscription(u.client, Target{})))
		}
		_, err := h.Subscribe(t.Context(), subscription(u.client, Target{}))
		if failure, ok := errors.AsType[*model.Error](err); !ok || failure.Code != model.CodeOverloaded || !strings.Contains(failure.Message, "3") {
			t.Errorf("got %v", err)
		}
		tabs[0].Close()
		subscribe(t, h, subscription(u.client, Target{}))
		other := subscription(u.client.WithToken(tokenOf(t, "another")), Target{})
		other.Caller.Key = "another"
		subscribe(t, h, other)
		if state := h.State(); state != (State{Callers: 2, Subscriptions: 4, Stretch: 1}) {
			t.Errorf("%+v", state)
		}
	})
	if _, err := New(Config{Subscriptions: 65}); err == nil {
		t.Error("65 subscriptions are accepted")
	}
}

// All intervals stretch if the polls of all callers are too many.
func TestLimit_Polls(t *testing.T) {
	t.Parallel()
	for callers, want := range map[int]int{10: 600, 20: 600} {
		synctest.Test(t, func(t *testing.T) {
			u := newUpstream(t, quietInbox(2)...)
			h := newHub(t, Config{Interval: time.Second, Polls: 10})
			for i := range callers {
				sub := subscription(u.client.WithToken(tokenOf(t, uuidOf(i))), Target{})
				sub.Caller.Key = uuidOf(i)
				subscribe(t, h, sub)
			}
			time.Sleep(10 * time.Second)
			u.take()
			time.Sleep(time.Minute)
			synctest.Wait()
			if calls := len(u.take()); calls < want*9/10 || calls > want*11/10 {
				t.Errorf("%d callers: %d calls in a minute, want %d", callers, calls, want)
			}
			if stretch := h.State().Stretch; stretch != float64(callers)/10 {
				t.Errorf("%d callers: stretch %v", callers, stretch)
			}
		})
	}
}

// A reader that is slow gets RESYNC instead of more than its share, and nobody waits for it.
func TestLimit_PendingBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(20)...)
		dropped := ""
		h := newHub(t, Config{Interval: fast, PendingBytes: 1000, Observer: Observer{Dropped: func(reason string) { dropped = reason }}})
		sub := subscription(u.client, Target{})
		render := sub.Render
		sub.Render = func(ctx context.Context, change any) []byte {
			if inbox, ok := change.(*model.InboxChange); ok && inbox.Kind == model.InboxChanged {
				text, _ := json.Marshal(map[string]any{"kind": inbox.Kind, "conversationId": inbox.ConversationID})
				return append(text, strings.Repeat(" ", 200-len(text))...)
			}
			return render(ctx, change)
		}
		slow, quick := subscribe(t, h, sub), subscribe(t, h, sub)
		wantKinds(t, slow, "SYNCED")
		wantKinds(t, quick, "SYNCED")
		touch := func(rows ...int) {
			u.change(func() {
				for _, i := range rows {
					u.conversations[i].Title += "x"
				}
			})
			time.Sleep(fast)
			synctest.Wait()
		}
		touch(0, 1, 2, 3, 4)
		wantKinds(t, quick, "CHANGED CHANGED CHANGED CHANGED CHANGED")
		touch(3, 2) // the latest change of a conversation replaces the one before
		if dropped != "" {
			t.Errorf("dropped: %s", dropped)
		}
		touch(9)
		wantKinds(t, slow, "RESYNC")
		wantKinds(t, quick, "CHANGED CHANGED CHANGED")
		if dropped != "slow_reader" {
			t.Errorf("dropped: %q", dropped)
		}
	})
}

// Bytes are counted until they are written, once for subscriptions that are alike.
func TestReserve(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		held, isFull := 0, false
		h := newHub(t, Config{Interval: fast, Reserve: func(_ string, bytes int) (func(), bool) {
			held += bytes
			return func() { held -= bytes }, !isFull
		}})
		sub := subscription(u.client, Target{})
		sub.Render = func(context.Context, any) []byte { return []byte(`{"kind":"x"}`) }
		first, second, third := subscribe(t, h, sub), subscribe(t, h, sub), subscribe(t, h, sub)
		first.events()
		second.events()
		third.events()
		synctest.Wait()
		if held != 0 {
			t.Errorf("%d bytes are held after all were written", held)
		}
		u.change(func() { u.conversations[0].Title = "changed" })
		time.Sleep(fast)
		first.events()
		second.events()
		synctest.Wait()
		if results, _ := third.Take(); len(results) != 1 || held != 12 {
			t.Errorf("%d bytes are held for %d results that are being written", held, len(results))
		}
		third.Close()
		if held != 0 {
			t.Errorf("%d bytes are held", held)
		}
		isFull = true
		u.change(func() { u.conversations[0].Title = "again" })
		time.Sleep(fast)
		if got := first.events(); len(got) != 1 {
			t.Errorf("got %d results", len(got))
		}
	})
}

func TestInbox_FieldCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(40)...)
		h := newHub(t, Config{Interval: 10 * time.Minute})
		sub := subscription(u.client, Target{})
		render := sub.Render
		sub.Render = func(ctx context.Context, change any) []byte {
			if inbox, ok := change.(*model.InboxChange); ok && inbox.Conversation != nil {
				if _, err := loader.From(ctx).Messages.Load(ctx, inbox.Conversation.ID); err != nil {
					t.Error(err)
				}
			}
			return render(ctx, change)
		}
		tabs := []*tab{subscribe(t, h, sub), subscribe(t, h, sub)}
		other := sub
		other.Key = "another document"
		tabs = append(tabs, subscribe(t, h, other))
		u.change(func() { u.conversations[0].Title = "changed" })
		time.Sleep(10 * time.Minute)
		for _, b := range tabs {
			wantKinds(t, b, "SYNCED CHANGED")
		}
		u.change(func() {
			for i := range 30 {
				u.conversations[i].Title += "changed"
			}
		})
		wantCalls(t, u, "list", "list", "messages")
		time.Sleep(10 * time.Minute)
		wantKinds(t, tabs[0], "RESYNC")
		if calls := len(u.take()); calls != 22 {
			t.Errorf("%d calls", calls)
		}
	})
}

// A panic in a filter ends the poll, not the process.
func TestPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: fast})
		sub := subscription(u.client, Target{Filter: &Filter{Key: "x", Match: func(*rest.Conversation) bool { panic("in a filter") }}})
		if _, err := h.Subscribe(t.Context(), sub); err == nil {
			t.Error("no error")
		}
		subscribe(t, h, subscription(u.client, Target{}))
	})
}

// A client that has read the list between two polls may have a row that no poll has seen in that state.
func TestInbox_ReadBetweenPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		h := newHub(t, Config{Interval: time.Minute})
		b := subscribe(t, h, subscription(u.client, Target{Filter: open()}))
		wantKinds(t, b, "SYNCED")
		created := &conversation{ID: uuidOf(77), Title: "open when the client reads", Status: "open", At: time.Now().UTC()}
		u.change(func() { u.conversations = append(u.conversations, created) })
		time.Sleep(30 * time.Second)
		u.change(func() { created.Status = "closed" })
		time.Sleep(30 * time.Second)
		wantEvents(t, b, event{Kind: "REMOVED", ID: created.ID})
		time.Sleep(readingTime)
		u.change(func() { created.Title = "closed" })
		time.Sleep(time.Minute)
		wantKinds(t, b, "")
	})
}
