package watcher

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
)

// pair returns a tab on each of two replicas, of which the first one leads.
func pair(t *testing.T, u *upstream, config Config, targets ...Target) (*exchange, []*Hub, []*tab) {
	t.Helper()
	e := newExchange()
	hubs, clients := newReplicas(t, u, e, 2, config)
	var tabs []*tab
	for i, target := range targets {
		b := subscribe(t, hubs[i], subscription(clients[i], target))
		wantKinds(t, b, "SYNCED")
		tabs = append(tabs, b)
	}
	u.take()
	return e, hubs, tabs
}

// wantWithin waits until a tab has a change.
func wantWithin(t *testing.T, b *tab, limit time.Duration) {
	t.Helper()
	began := time.Now()
	for time.Since(began) <= limit {
		time.Sleep(10 * time.Millisecond)
		if kinds := b.kinds(); kinds == "CHANGED" {
			return
		} else if kinds != "" {
			t.Fatalf("got %q", kinds)
		}
	}
	t.Errorf("no change within %s", limit)
}

// Ten tabs on two replicas that are idle for an hour cost the calls of one replica, and one first poll more.
func TestLead_IdleTabs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(30)...)
		hubs, clients := newReplicas(t, u, newExchange(), 2, Config{})
		var tabs []*tab
		for i := range 10 {
			tabs = append(tabs, subscribe(t, hubs[i%2], subscription(clients[i%2], Target{})))
		}
		wantCalls(t, u, "list", "list")
		time.Sleep(time.Hour)
		synctest.Wait()
		calls := len(u.take())
		t.Logf("%d calls in an hour", calls)
		if calls < 54 || calls > 66 {
			t.Errorf("%d calls in an hour", calls)
		}
		if a, b := hubs[0].State().Leads, hubs[1].State().Leads; a+b < 1 || a+b > 2 {
			t.Errorf("%d and %d leaders", a, b)
		}
		for _, b := range tabs {
			wantKinds(t, b, "SYNCED")
		}
	})
}

// An own write on one replica is in the tabs on another one upstream latency after its hint.
func TestLead_Wrote(t *testing.T) {
	t.Parallel()
	for writer := range 2 {
		synctest.Test(t, func(t *testing.T) {
			rows := quietInbox(2)
			u := newUpstream(t, rows...)
			hubs, clients := newReplicas(t, u, newExchange(), 2, Config{})
			a, b := subscribe(t, hubs[writer], subscription(clients[writer], Target{})), subscribe(t, hubs[1-writer], subscription(clients[1-writer], Target{}))
			wantKinds(t, a, "SYNCED")
			wantKinds(t, b, "SYNCED")
			u.change(func() { u.latency = 100 * time.Millisecond })
			u.take()
			u.write(rows[1], "own")
			hubs[writer].Wrote(Caller{Key: "caller", Client: clients[writer]}, []loader.Event{{ConversationID: rows[1].ID, ID: "12"}})
			time.Sleep(101 * time.Millisecond)
			wantKinds(t, a, "CHANGED")
			wantKinds(t, b, "CHANGED")
			wantCalls(t, u, "list after 12", "list")
			time.Sleep(5 * time.Second)
			synctest.Wait()
			if calls := u.take(); len(calls) > 4 { // one after the leader's hint, and the leader's next polls
				t.Errorf("%d further calls in 5 s: %q", len(calls), calls)
			}
		})
	}
}

// A change that no hint has announced is found by the counter, and one that the API shows late by a second poll.
func TestLead_LostHint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{})
		e.delay = time.Hour
		u.change(func() { u.conversations[1].Status = "closed" })
		time.Sleep(2 * fast)
		wantKinds(t, tabs[0], "CHANGED")
		wantKinds(t, tabs[1], "CHANGED")
		e.delay = time.Millisecond
		time.Sleep(lately)
		before, shown := []*conversation{u.conversations[0], u.conversations[1], u.conversations[2]}, time.Now().Add(1500*time.Millisecond)
		late := *before[2]
		late.Title = "late"
		u.change(func() {
			u.conversations = []*conversation{before[0], before[1], &late}
			u.older = func() []*conversation {
				if time.Now().Before(shown) {
					return before
				}
				return nil
			}
		})
		e.replicas[0].Changed(tabs[0].watcher.caller.Client.SharedCaller(), true)
		time.Sleep(2100 * time.Millisecond)
		wantKinds(t, tabs[1], "CHANGED")
	})
}

// A change after the leader has died is seen at the latest when its lease ends, and none is lost.
func TestLead_Killed(t *testing.T) {
	t.Parallel()
	const latency = 100 * time.Millisecond
	for age, interval := range map[time.Duration]time.Duration{3 * time.Hour: 66 * time.Second, time.Minute: 17 * time.Second} {
		for _, after := range []time.Duration{time.Millisecond, 3 * time.Second, 20 * time.Second} {
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, quietInbox(3)...)
				u.conversations[0].At = time.Now().UTC().Add(-age)
				u.latency = latency
				e, hubs, tabs := pair(t, u, Config{}, Target{}, Target{})
				time.Sleep(30 * time.Second)
				e.kill(0)
				tabs[0].Close()
				hubs[0].Close()
				time.Sleep(after)
				u.change(func() { u.conversations[1].Status = "closed" })
				wantWithin(t, tabs[1], interval+leaseMargin+latency+10*time.Millisecond)
			})
		}
	}
}

// A replica whose subscribers have left, that drains or that cannot reach mStudio gives up its leases.
func TestLead_Resigns(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(u *upstream, h *Hub, b *tab){
		"left":    func(_ *upstream, _ *Hub, b *tab) { b.Close() },
		"drained": func(_ *upstream, h *Hub, _ *tab) { h.Close() },
		"failing": func(u *upstream, _ *Hub, _ *tab) {
			calls := 0
			u.broken = func(*http.Request) int {
				calls++
				if calls > 1 {
					return 0
				}
				return http.StatusNotImplemented
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, quietInbox(3)...)
				_, hubs, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{})
				u.change(func() { end(u, hubs[0], tabs[0]) })
				time.Sleep(2 * fast)
				synctest.Wait()
				if hubs[0].State().Leads != 0 || hubs[1].State().Leads != 1 {
					t.Errorf("%+v, %+v", hubs[0].State(), hubs[1].State())
				}
			})
		})
	}
}

// Two leaders cost twice the calls, and their tabs get each change once.
func TestLead_TwoLeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{ConversationID: uuidOf(1)})
		e.isSplit = true
		for range 20 {
			u.write(u.conversations[1], "text")
			time.Sleep(fast)
			for _, b := range tabs {
				wantKinds(t, b, "CHANGED")
			}
		}
	})
}

// Without an answer, each replica polls for itself, all of them as often as one.
func TestLead_Away(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(30)...)
		e := newExchange()
		e.isAway = true
		hubs, clients := newReplicas(t, u, e, 3, Config{})
		for i, h := range hubs {
			subscribe(t, h, subscription(clients[i], Target{}))
		}
		u.take()
		time.Sleep(time.Hour)
		synctest.Wait()
		if calls := len(u.take()); calls < 50 || calls > 66 {
			t.Errorf("%d calls in an hour", calls)
		}
		e.isAway = false
		time.Sleep(5 * time.Minute)
		u.take()
		time.Sleep(time.Hour)
		synctest.Wait()
		if calls := len(u.take()); calls < 54 || calls > 70 {
			t.Errorf("%d calls in an hour with an answer", calls)
		}
	})
}

// A subscription to a conversation gets what the leader's list does not show: an edited message, and a conversation behind the
// first page.
func TestLead_Conversation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(150)...)
		u.write(u.conversations[0], "first")
		time.Sleep(time.Millisecond)
		e, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{ConversationID: uuidOf(0)})
		wantCalls(t, u)
		edit := func(text string) {
			u.change(func() { u.conversations[0].messages[0]["messageContent"] = text })
		}
		edit("own")
		e.replicas[0].Changed(tabs[0].watcher.caller.Client.SharedCaller(), true)
		time.Sleep(10 * time.Millisecond)
		wantKinds(t, tabs[1], "CHANGED")
		wantCalls(t, u, "list", "list 100", "messages")
		edit("another's")
		wantWithin(t, tabs[1], historyInterval+fast)
		tabs[1].Close()

		hubs, clients := newReplicas(t, u, e, 1, Config{Interval: fast})
		b := subscribe(t, hubs[0], subscription(clients[0], Target{ConversationID: uuidOf(140)}))
		wantKinds(t, b, "SYNCED")
		u.change(func() { u.conversations[140].Status = "closed" })
		wantWithin(t, b, fast+time.Second)
		time.Sleep(time.Minute)
		u.take()
		time.Sleep(time.Minute)
		if lists := count(u.take(), "list"); lists > 13 {
			t.Errorf("%d polls in a minute", lists)
		}
	})
}

func count(calls []string, which string) (found int) {
	for _, call := range calls {
		if call == which {
			found++
		}
	}
	return found
}

// A change behind the first page is seen by each replica.
func TestLead_Pages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(250)...)
		_, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{})
		time.Sleep(time.Minute)
		u.take()
		u.change(func() { u.conversations[220].Status = "closed" })
		time.Sleep(2*fast + 100*time.Millisecond)
		for _, b := range tabs {
			wantKinds(t, b, "CHANGED")
		}
		u.change(func() { u.conversations = u.conversations[:249] })
		time.Sleep(90 * time.Second)
		for _, b := range tabs {
			wantKinds(t, b, "REMOVED")
		}
	})
}
