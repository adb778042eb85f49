package flight_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/flight"
)

func TestGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g flight.Group[string, int]
		if g.Join("a") != nil {
			t.Error("joined nothing")
		}
		joined, end := g.Lead("a")
		if joined != nil || g.Join("b") != nil {
			t.Error("joined another call")
		}
		time.Sleep(499 * time.Millisecond)
		second, _ := g.Lead("a")
		if second == nil || g.Join("a") != second {
			t.Fatal("did not join")
		}
		time.Sleep(time.Millisecond)
		if g.Join("a") != nil {
			t.Error("joined a call that is too old")
		}
		_, endNewer := g.Lead("a")
		if !end(7, nil) {
			t.Error("nobody has joined")
		}
		if value, err := second.Wait(t.Context()); value != 7 || err != nil {
			t.Errorf("got %d, %v", value, err)
		}
		newer := g.Join("a")
		if newer == nil {
			t.Fatal("the end of the older call removed the newer one")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newer.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if _, endAlone := g.Lead("alone"); endAlone(1, nil) {
			t.Error("somebody has joined")
		}
		wanted := errors.New("wanted")
		endNewer(0, wanted)
		if _, err := newer.Wait(t.Context()); !errors.Is(err, wanted) {
			t.Errorf("got %v", err)
		}
		if g.Join("a") != nil {
			t.Error("joined a call that has ended")
		}
	})
}
