package watcher

import (
	"net/http"
	"slices"
	"strings"
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

// A hint about a conversation that one replica receives makes each replica poll once for its tabs, whether it watches for the
// caller or leads or not.
func TestLead_Hint(t *testing.T) {
	t.Parallel()
	for _, watching := range [][]int{{0}, {1}, {0, 1}, {1, 0}} {
		synctest.Test(t, func(t *testing.T) {
			rows := quietInbox(2)
			u := newUpstream(t, rows...)
			hubs, clients := newReplicas(t, u, newExchange(), 2, Config{Interval: time.Hour})
			var tabs []*tab
			for _, i := range watching {
				tabs = append(tabs, subscribe(t, hubs[i], subscription(clients[i], Target{})))
				wantKinds(t, tabs[len(tabs)-1], "SYNCED")
			}
			u.write(rows[1], "new")
			u.change(func() { u.latency = 100 * time.Millisecond })
			u.take()
			hubs[0].Hint([]string{uuidOf(9)})
			time.Sleep(time.Second)
			wantCalls(t, u)
			hubs[0].Hint([]string{rows[1].ID})
			time.Sleep(210 * time.Millisecond)
			for _, tab := range tabs {
				wantKinds(t, tab, "CHANGED")
			}
			time.Sleep(time.Minute)
			wantCalls(t, u, slices.Repeat([]string{"list"}, len(watching))...)
		})
	}
}

// A replica that the leader announces nothing to after a hint polls for itself.
func TestLead_HintUnanswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(2)
		u := newUpstream(t, rows...)
		e, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{})
		e.set(func() { e.replicas[0].isDead = true })
		tabs[0].Close()
		hubs[0].Close()
		u.write(rows[1], "new")
		for range 10 { // further hints do not postpone the poll
			hubs[1].Hint([]string{rows[1].ID})
			time.Sleep(repeatAfter / 10)
		}
		synctest.Wait()
		wantKinds(t, tabs[1], "CHANGED")
		wantCalls(t, u, "list")
	})
}

// The list may not show what a hint about a subscribed conversation announces, so no replica waits for another one.
func TestLead_HintAboutSubscribed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		c := history(u, "first")
		_, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{ConversationID: c.ID})
		u.write(c, "second")
		u.change(func() { u.latency = 100 * time.Millisecond })
		hubs[0].Hint([]string{c.ID})
		time.Sleep(210 * time.Millisecond)
		wantKinds(t, tabs[1], "CHANGED")
		wantKinds(t, tabs[0], "CHANGED")
	})
}

// A change that no hint has announced is found by the counter, and one that the API shows late by a second poll.
func TestLead_LostHint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{})
		e.set(func() { e.delay = time.Hour })
		u.change(func() { u.conversations[1].Status = "closed" })
		time.Sleep(2 * fast)
		wantKinds(t, tabs[0], "CHANGED")
		wantKinds(t, tabs[1], "CHANGED")
		e.set(func() { e.delay = time.Millisecond })
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
				e.set(func() { e.replicas[0].isDead = true })
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
		e.set(func() { e.isSplit = true })
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
		e.set(func() { e.isAway = true })
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
		e.set(func() { e.isAway = false })
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
	})
}

// The leader reads a page behind the first one in turn, and a replica with a subscription to a conversation there each time.
func TestLead_ConversationApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(650)...)
		_, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{ConversationID: uuidOf(640)})
		time.Sleep(8 * fast)
		u.change(func() { u.conversations[640].Status = "closed" })
		wantWithin(t, tabs[1], fast+time.Second)
		time.Sleep(time.Minute)
		u.take()
		time.Sleep(time.Minute)
		if lists := count(u.take(), "list"); lists > 13 {
			t.Errorf("%d polls in a minute", lists)
		}
	})
}

// A conversation on the first page does not take the lease, also if its subscription joins during a poll that decodes no rows.
func TestLead_JoinsDuringSamePage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows := quietInbox(2)
		u := newUpstream(t, rows...)
		_, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{})
		time.Sleep(time.Minute)
		u.change(func() { u.latency = 100 * time.Millisecond })
		hubs[1].heard(u.client.SharedCaller(), Told{})
		time.Sleep(50 * time.Millisecond)
		wantKinds(t, subscribe(t, hubs[1], subscription(u.client, Target{ConversationID: rows[1].ID})), "SYNCED")
		if leads := hubs[1].State().Leads; leads != 0 {
			t.Errorf("the replica leads for %d callers", leads)
		}
		wantKinds(t, tabs[1], "")
		wantCalls(t, u, "list", "list", "messages") // of what the replica hears, and of the new tab
	})
}

// What another replica has found in the list costs a follower one call, however many conversations are open there.
func TestLead_VisibleChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(10)...)
		_, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{ConversationID: uuidOf(1)})
		for i := 2; i < 6; i++ {
			wantKinds(t, subscribe(t, hubs[1], subscription(tabs[1].sub.Caller.Client, Target{ConversationID: uuidOf(i)})), "SYNCED")
		}
		time.Sleep(time.Minute)
		u.take()
		for range 3 {
			u.write(u.conversations[8], "new") // open nowhere
			hubs[0].Hint([]string{uuidOf(8)})
			time.Sleep(10 * time.Second)
			wantKinds(t, tabs[0], "CHANGED")
			wantCalls(t, u, "list", "list")
		}
	})
}

// A replica whose last subscription leaves while it asks for the lease gives it up.
func TestLead_LeavesDuringLead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(2)...)
		e, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{})
		caller := tabs[0].sub.Caller.Client.SharedCaller()
		e.set(func() { e.latency, e.leases[caller].until = 5*time.Millisecond, time.Now() })
		hubs[0].heard(caller, Told{})
		time.Sleep(2 * time.Millisecond)
		tabs[0].Close()
		time.Sleep(10 * time.Millisecond)
		e.set(func() {
			if l := e.leases[caller]; l.holder == e.replicas[0] {
				t.Errorf("a replica without subscriptions leads for %s", time.Until(l.until))
			}
		})
	})
}

// A write on another replica is not mistaken for a change that this replica tells at the same moment.
func TestLead_ToldMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, hubs, tabs := pair(t, u, Config{Interval: time.Hour}, Target{}, Target{})
		e.set(func() { e.delay = 20 * time.Millisecond })
		u.change(func() { u.latency = 100 * time.Millisecond })
		u.write(u.conversations[1], "new")
		hubs[0].Hint([]string{uuidOf(1)})
		time.Sleep(90 * time.Millisecond)
		hubs[1].Wrote(tabs[1].sub.Caller, nil) // the leader hears of it when it has told its own change
		time.Sleep(15 * time.Millisecond)
		wantKinds(t, tabs[0], "CHANGED")
		u.write(u.conversations[2], "new")
		time.Sleep(1200 * time.Millisecond) // a second between two polls after hints
		wantKinds(t, tabs[0], "CHANGED")
		wantKinds(t, tabs[1], "CHANGED CHANGED")
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
		u := newUpstream(t, quietInbox(450)...)
		_, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{})
		time.Sleep(time.Minute)
		u.take()
		for _, row := range []int{220, 230, 240, 250} {
			u.change(func() { u.conversations[row].Status = "closed" })
			time.Sleep(8 * fast)
			for _, b := range tabs {
				wantKinds(t, b, "CHANGED")
			}
		}
		u.change(func() { u.conversations = u.conversations[:449] })
		time.Sleep(90 * time.Second)
		for _, b := range tabs {
			wantKinds(t, b, "REMOVED")
		}
	})
}

// What a replica knows and others may not, because it has read without the lease, it tells when it leads.
func TestLead_Untold(t *testing.T) {
	t.Parallel()
	for name, isNew := range map[string]bool{"found": false, "read first": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, quietInbox(3)...)
				e, hubs, tabs := pair(t, u, Config{Interval: time.Minute}, Target{}, Target{})
				more, clients := newReplicas(t, u, e, 1, Config{Interval: time.Minute})
				sub := subscription(clients[0], Target{})
				if !isNew {
					wantKinds(t, subscribe(t, more[0], sub), "SYNCED")
				}
				e.set(func() { e.isDeaf = true })
				u.change(func() { u.conversations[1].Status = "closed" })
				more[0].Wrote(sub.Caller, nil)
				time.Sleep(10 * time.Millisecond)
				e.set(func() { e.isDeaf = false })
				hubs[0].Close()
				wantKinds(t, tabs[1], "")
				if isNew {
					wantKinds(t, subscribe(t, more[0], sub), "SYNCED")
				} else {
					time.Sleep(time.Second)
					e.replicas[2].heard(clients[0].SharedCaller(), Told{})
				}
				wantWithin(t, tabs[1], 100*time.Millisecond)
			})
		})
	}
}

// Whatever the server answers, a replica polls before it forgets what its clients may have read.
func TestLead_Stuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, _, tabs := pair(t, u, Config{}, Target{}, Target{})
		for _, left := range []time.Duration{time.Minute, leaseMargin, time.Millisecond, -time.Hour, forever} {
			e.set(func() { e.stuck = left })
			u.change(func() { u.conversations[1].Title += "!" })
			wantWithin(t, tabs[1], readingTime+minWait+10*time.Millisecond)
		}
	})
}

// A leader does not take its own hints for those of others, and its next poll is one call.
func TestLead_Calls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		_, _, tabs := pair(t, u, Config{Interval: time.Minute}, Target{ConversationID: uuidOf(1)}, Target{})
		u.write(u.conversations[1], "text")
		time.Sleep(time.Minute + time.Second)
		for _, b := range tabs {
			wantKinds(t, b, "CHANGED")
		}
		wantCalls(t, u, "list", "messages", "list")
		time.Sleep(time.Minute)
		synctest.Wait()
		wantCalls(t, u, "list")
	})
}

// What a follower could not read, it reads again, though nobody tells it.
func TestLead_ReadsAgain(t *testing.T) {
	t.Parallel()
	for name, isHistory := range map[string]bool{"list": false, "history": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, quietInbox(3)...)
				c := history(u, "first")
				e, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{ConversationID: c.ID})
				failures := 0
				u.change(func() {
					c.messages[0]["messageContent"] = "edited"
					u.broken = func(r *http.Request) int {
						if failures > 1 || strings.HasSuffix(r.URL.Path, "/messages") != isHistory {
							return 0
						}
						failures++
						return http.StatusNotImplemented
					}
				})
				e.replicas[0].Changed(tabs[0].watcher.caller.Client.SharedCaller(), true)
				wantWithin(t, tabs[1], 30*time.Second)
			})
		})
	}
}

// A history that lacks the newest message is read again.
func TestLead_LateMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		c := history(u, "first")
		_, _, tabs := pair(t, u, Config{Interval: fast}, Target{}, Target{ConversationID: c.ID})
		time.Sleep(fast)
		u.write(c, "second")
		late := c.messages
		u.change(func() { c.messages = c.messages[:1] })
		time.Sleep(fast + 100*time.Millisecond)
		wantKinds(t, tabs[1], "CHANGED")
		u.change(func() { c.messages = late })
		wantWithin(t, tabs[1], fast+time.Second)
	})
}

// After a write, the leader polls often, though the API shows it late.
func TestLead_LateWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		e, _, tabs := pair(t, u, Config{}, Target{}, Target{})
		time.Sleep(time.Second)
		e.replicas[1].Changed(tabs[1].watcher.caller.Client.SharedCaller(), true)
		time.Sleep(6 * time.Second)
		u.change(func() { u.conversations[1].Status = "closed" })
		wantWithin(t, tabs[0], 10*time.Second)
	})
}

// However many hints arrive, whatever they claim, a caller's list is read at most once a second and replica.
func TestLead_FloodOfHints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, quietInbox(3)...)
		_, hubs, tabs := pair(t, u, Config{}, Target{}, Target{})
		caller := tabs[0].sub.Caller.Client.SharedCaller()
		const seconds = 30
		for i := range seconds * 100 {
			for _, hub := range hubs {
				hub.heard(caller, Told{Number: uint64(i%3) * uint64(i) << 20, IsHidden: i%2 == 0})
			}
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		calls := u.take()
		if lists := count(calls, "list"); lists > len(hubs)*(seconds+2) || lists < seconds {
			t.Errorf("%d lists, %d calls", lists, len(calls))
		}
	})
}
