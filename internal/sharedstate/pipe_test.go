package sharedstate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// newPipeStore returns a connected store on a pipe. The test must close it before its bubble ends.
func newPipeStore(t *testing.T, pipe *sharedstatetest.Pipe) *sharedstate.Store {
	t.Helper()
	store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return store
}

// A store works in virtual time, in which entries expire.
func TestPipe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		store := newPipeStore(t, pipe)
		defer store.Close()
		const text = "{ viewer { name } }"
		store.Texts().Add(hashOf(text), text)
		synctest.Wait()
		if found, ok := store.Texts().Find(t.Context(), hashOf(text)); !ok || found != text {
			t.Errorf("found %q, %t", found, ok)
		}
		pipe.Redis.SetTTL("mg1:q", time.Minute)
		time.Sleep(time.Minute)
		if found, ok := store.Texts().Find(t.Context(), hashOf(text)); ok {
			t.Errorf("found %q after its end", found)
		}
		if got := pipe.Commands("HGET"); got != 1 {
			t.Errorf("%d reads", got)
		}
	})
}
