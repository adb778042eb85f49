package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Who waits gets the place that is given back in time, and is told after 50 ms if there is none.
func TestWaitingForAPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newInFlight(2, 1)
		enter := func(caller string) func() {
			leave, refused := f.enter(t.Context(), caller)
			if refused != nil {
				return nil
			}
			return leave
		}
		first := enter("a")
		time.AfterFunc(maxWait-time.Millisecond, first)
		start := time.Now()
		second := enter("a")
		if second == nil || time.Since(start) != maxWait-time.Millisecond {
			t.Errorf("did not get the place after %v", time.Since(start))
		}
		start = time.Now()
		if enter("a") != nil || time.Since(start) != maxWait {
			t.Errorf("was not refused after %v", time.Since(start))
		}
		start = time.Now()
		if enter("b") == nil || time.Since(start) != 0 {
			t.Errorf("another caller had to wait for %v", time.Since(start))
		}
		start = time.Now()
		if enter("c") != nil || time.Since(start) != maxWait {
			t.Errorf("was not refused after %v although all places are taken", time.Since(start))
		}
	})
}

// Many who wait of one caller do not stand in another's way.
func TestOneCallersQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newInFlight(3, 2)
		for range 1000 {
			go func() { _, _ = f.enter(t.Context(), "many") }() // the two who get in stay
		}
		synctest.Wait()
		start := time.Now()
		if _, refused := f.enter(t.Context(), "one"); refused != nil || time.Since(start) != 0 {
			t.Errorf("refused: %v after %v", refused, time.Since(start))
		}
	})
}

// Nothing is remembered of callers who have gone.
func TestCallersAreForgotten(t *testing.T) {
	t.Parallel()
	f := newInFlight(1, 1)
	for i := range 100 {
		leave, refused := f.enter(t.Context(), fmt.Sprint(i))
		if refused != nil {
			t.Fatal(refused.Err)
		}
		if i == 50 {
			if _, refused := f.enter(t.Context(), "another"); refused == nil {
				t.Error("entered although there is no place")
			}
		}
		leave()
	}
	if len(f.callers) > 0 {
		t.Errorf("%d callers are remembered", len(f.callers))
	}
}
