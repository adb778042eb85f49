package sharedstate_test

import (
	"context"
	"math"
	"testing"
	"time"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
)

func lead(t *testing.T, l sharedstate.Leases, takes bool) watcher.Lease {
	t.Helper()
	within := 50 * time.Second
	if takes {
		within = math.MaxInt64
	}
	got := l.Lead(t.Context(), anna, time.Minute, within)
	if !got.Known || got.Left > time.Minute || got.Left < time.Minute-5*time.Second {
		t.Errorf("got %+v", got)
	}
	return got
}

// One replica leads until it leaves, another one takes the lease, or it ends.
func TestLeases(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s, o sharedstate.Rates, settle func()) {
		a, b := s.Leases(), o.Leases()
		if !lead(t, a, false).Leads || lead(t, b, false).Leads || !lead(t, a, false).Leads {
			t.Error("not the first one leads")
		}
		if !lead(t, b, true).Leads || lead(t, a, false).Leads {
			t.Error("the lease was not taken")
		}
		a.Leave(anna) // it does not lead
		settle()
		if lead(t, a, false).Leads {
			t.Error("a replica that does not lead has given up the lease")
		}
		changes := lead(t, b, false).Changes
		b.Leave(anna)
		settle()
		if got := lead(t, a, false); !got.Leads || got.Changes != changes {
			t.Errorf("after the leader has left: %+v, want %d changes", got, changes)
		}
		if got := b.Lead(t.Context(), rest.SharedCaller{2}, 50*time.Millisecond, 0); !got.Leads {
			t.Errorf("another caller: %+v", got)
		}
		<-time.After(100 * time.Millisecond) // which ends the lease
		if got := a.Lead(t.Context(), rest.SharedCaller{2}, time.Minute, 0); !got.Leads {
			t.Errorf("after the lease has ended: %+v", got)
		}
	})
}

// heard is what a replica is told.
type heard struct {
	caller rest.SharedCaller
	told   watcher.Told
	wait   time.Duration
}

func listen(l sharedstate.Leases) chan heard {
	all := make(chan heard, 100)
	l.Listen(func(caller rest.SharedCaller, told watcher.Told) { all <- heard{caller: caller, told: told} })
	l.ListenRefusals(func(caller rest.SharedCaller, wait time.Duration) { all <- heard{caller: caller, wait: wait} })
	return all
}

// A change is counted if anybody leads, and told to the other replicas but not to its own.
func TestHints(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s, o sharedstate.Rates, settle func()) {
		a, b := s.Leases(), o.Leases()
		mine, theirs := listen(a), listen(b)
		<-time.After(1500 * time.Millisecond) // both have subscribed
		a.Changed(anna, false)
		wantHeard(t, theirs, heard{caller: anna})
		changes := lead(t, b, false).Changes
		a.Changed(anna, true)
		wantHeard(t, theirs, heard{caller: anna, told: watcher.Told{Number: changes + 1, IsHidden: true}})
		if got := lead(t, a, false).Changes; got != changes+1 {
			t.Errorf("%d changes, want %d", got, changes+1)
		}
		s.Refused(anna, 3*time.Second)
		wantHeard(t, theirs, heard{caller: anna, wait: 3 * time.Second})
		settle()
		if len(mine) > 0 || len(theirs) > 0 {
			t.Errorf("%d further hints, %d of its own", len(theirs), len(mine))
		}
	})
}

func wantHeard(t *testing.T, all chan heard, want heard) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	select {
	case got := <-all:
		if got != want {
			t.Errorf("heard %+v, want %+v", got, want)
		}
	case <-ctx.Done():
		t.Errorf("heard nothing, want %+v", want)
	}
}
