package sharedstate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// A replica that shuts down still shares the result of its last write. It does not wait long for a server that hangs.
func TestClose_LastResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := sharedstatetest.NewPipe(t)
		a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
		defer b.Close()
		claim := a.Claims().Take(t.Context(), [32]byte{}, time.Minute)
		pipe.Delay(20 * time.Millisecond)
		claim.End([]byte("result"), time.Minute)
		a.Close()
		pipe.Delay(0)
		if got := b.Claims().Take(t.Context(), [32]byte{}, time.Minute); got.State != loader.ClaimEnded || string(got.Result) != "result" {
			t.Errorf("found %+v", got)
		}
		c := newPipeStore(t, pipe)
		pipe.Stop()
		defer pipe.Continue()
		c.Claims().Take(t.Context(), [32]byte{1}, time.Minute).End([]byte("result"), time.Minute)
		began := time.Now()
		c.Close()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("closed after %s", took)
		}
	})
}
