package watcher

import (
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
)

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
			time.Sleep(1100 * time.Millisecond)
			synctest.Wait()
			t.Logf("calls by the leader's hint: %q", u.take())
		})
	}
}
