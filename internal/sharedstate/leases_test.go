package sharedstate_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
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

// A hint about conversations reaches the other replicas. Its IDs are encrypted, and others than UUIDs are left out.
func TestHints_Conversations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
		defer a.Close()
		defer b.Close()
		var mine, theirs [][]string
		a.Leases().ListenHints(func(ids []string) { mine = append(mine, ids) })
		b.Leases().ListenHints(func(ids []string) { theirs = append(theirs, ids) })
		var messages []string
		spy := pipe.Redis.NewSubscriber()
		defer spy.Close()
		spy.Subscribe("mg1:c")
		go func() {
			for message := range spy.Messages() {
				messages = append(messages, message.Message)
			}
		}()
		synctest.Wait()
		var ids []string
		for range 101 {
			ids = append(ids, uuid.NewString())
		}
		a.Leases().Hint(append([]string{"no ID"}, ids...))
		synctest.Wait()
		slices.SortFunc(theirs, func(a, b []string) int { return len(b) - len(a) }) // messages may overtake each other
		if diff := cmp.Diff([][]string{ids[:99], ids[99:]}, theirs); diff != "" || mine != nil {
			t.Errorf("%d of its own; -want +got:\n%s", len(mine), diff)
		}
		all := strings.Join(messages, "")
		for _, id := range ids {
			raw := uuid.MustParse(id)
			if len(messages) != 2 || strings.Contains(all, id) || strings.Contains(all, string(raw[:])) {
				t.Fatalf("%d messages, perhaps with an ID", len(messages))
			}
		}
	})
}

// Without the share key, nobody can send a hint about conversations.
func TestHints_FalseConversations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		garbage := 0
		store, err := sharedstate.New(sharedstate.Config{
			URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial, Observer: sharedstate.Observer{Garbage: func(sharedstate.Use) { garbage++ }},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		synctest.Wait()
		store.Leases().ListenHints(func(ids []string) { t.Errorf("got %v", ids) })
		for _, message := range []string{"", "x", uuid.NewString(), strings.Repeat("x", 28+26+16), strings.Repeat("x", 10_000)} {
			pipe.Redis.Publish("mg1:c", message)
		}
		synctest.Wait()
		if garbage != 5 {
			t.Errorf("%d are counted", garbage)
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
