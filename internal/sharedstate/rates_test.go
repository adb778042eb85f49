package sharedstate_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
)

var anna = rest.SharedCaller{1}

// rateOf returns a rate of 300 calls in a window whose end is known to two seconds.
func rateOf(remaining int, latest time.Duration) rest.SharedRate {
	return rest.SharedRate{Limit: 300, Remaining: remaining, Earliest: max(0, latest-2*time.Second), Latest: latest}
}

// eachServer runs a test with two replicas, in virtual time and with a real server.
func eachServer(t *testing.T, test func(t *testing.T, a, b sharedstate.Rates, settle func())) {
	t.Helper()
	t.Run("pipe", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			pipe := sharedstatetest.NewPipe(t)
			a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
			defer a.Close()
			defer b.Close()
			test(t, a.Rates(), b.Rates(), synctest.Wait)
		})
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		address := sharedstatetest.Start(t).Address
		a, b := newStore(t, address).Rates(), newStore(t, address).Rates()
		for _, rates := range []sharedstate.Rates{a, b} {
			for !isConnected(t.Context(), rates) {
				time.Sleep(10 * time.Millisecond)
			}
		}
		test(t, a, b, func() { time.Sleep(100 * time.Millisecond) })
	})
}

func isConnected(ctx context.Context, rates sharedstate.Rates) bool {
	_, ok := rates.Find(ctx, rest.SharedCaller{})
	return ok
}

// Within a window, the least that any replica has seen remains. A window that begins later replaces it.
func TestRates(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, a, b sharedstate.Rates, settle func()) {
		for _, test := range []struct {
			name             string
			seen             rest.SharedRate
			limit, remains   int
			earliest, latest time.Duration
		}{
			{"first", rateOf(200, 20*time.Second), 300, 200, 18 * time.Second, 20 * time.Second},
			{"more", rateOf(250, 20*time.Second), 300, 200, 18 * time.Second, 20 * time.Second},
			{"less", rateOf(100, 19*time.Second), 300, 100, 18 * time.Second, 19 * time.Second},
			{"the window before", rateOf(0, 2*time.Second), 300, 100, 18 * time.Second, 19 * time.Second},
			{"the next window", rateOf(299, 40*time.Second), 300, 299, 38 * time.Second, 40 * time.Second},
			{"only a 429", rest.SharedRate{Latest: 39 * time.Second}, 300, 0, 38 * time.Second, 39 * time.Second},
		} {
			a.Saw(anna, test.seen)
			settle()
			got, ok := b.Find(t.Context(), anna)
			if !ok || got.Limit != test.limit || got.Remaining != test.remains {
				t.Errorf("%s: found %+v, %t", test.name, got, ok)
			}
			if early, late := test.earliest-got.Earliest, test.latest-got.Latest; early < 0 || early > 2*time.Second || late < 0 || late > 2*time.Second {
				t.Errorf("%s: the window ends in %v to %v, want %v to %v", test.name, got.Earliest, got.Latest, test.earliest, test.latest)
			}
		}
		if got, ok := b.Find(t.Context(), rest.SharedCaller{2}); !ok || got != (rest.SharedRate{}) {
			t.Errorf("another caller: found %+v, %t", got, ok)
		}
	})
}

// A replica finds the claims of the others, and not its own.
func TestRates_Claims(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, a, b sharedstate.Rates, settle func()) {
		want := func(from sharedstate.Rates, calls, others int) {
			t.Helper()
			if got, ok := from.Claim(t.Context(), anna, calls); !ok || got.Claims != others {
				t.Errorf("found %+v, %t, want %d claims", got, ok, others)
			}
		}
		want(a, 101, 0)
		want(b, 50, 101)
		want(a, 70, 50)
		seen := rateOf(200, 20*time.Second)
		seen.Claims = 7
		b.Saw(anna, seen)
		settle()
		want(a, 0, 7)
		want(b, 0, 0)
	})
}

// Claims of a replica that has died and windows that have ended are forgotten.
func TestRates_Expire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		one, other := newPipeStore(t, pipe), newPipeStore(t, pipe)
		defer one.Close()
		defer other.Close()
		a, b := one.Rates(), other.Rates()
		a.Claim(t.Context(), anna, 5)
		a.Saw(anna, rest.SharedRate{Limit: 300, Remaining: 200, Latest: 10 * time.Second, Claims: 5})
		time.Sleep(10 * time.Second)
		if got, _ := b.Find(t.Context(), anna); got != (rest.SharedRate{Claims: 5}) {
			t.Errorf("after the window: %+v", got)
		}
		time.Sleep(5 * time.Second)
		if got, _ := b.Find(t.Context(), anna); got != (rest.SharedRate{}) {
			t.Errorf("15 s after the claim: %+v", got)
		}
		if keys := pipe.Redis.Keys(); len(keys) > 1 { // the replicas
			t.Errorf("left: %q", keys)
		}
	})
}
