package sharedstate_test

import (
	"context"
	"testing"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

func newStore(t *testing.T, address string) *sharedstate.Store {
	t.Helper()
	store, err := sharedstate.New(sharedstate.Config{URL: "redis://" + address, Key: make([]byte, 32), Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// What one replica adds, another one finds.
func TestTexts(t *testing.T) {
	t.Parallel()
	address := sharedstatetest.Start(t).Address
	a, b := newStore(t, address).Texts(), newStore(t, address).Texts()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		a.Add("abc", "{ conversations { totalCount } }")
		if text, ok := b.Find(ctx, "abc"); ok {
			if text != "{ conversations { totalCount } }" {
				t.Errorf("found %q", text)
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("not found")
		}
	}
}
