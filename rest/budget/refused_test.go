package budget_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// waits reports whether a call of an operation waits for a second.
func waits(t *testing.T, b *budget.Budget, o *budget.Operation) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := b.Start(ctx, o, false)
	if err != nil {
		rejectionOf(t, err)
	}
	return err != nil
}

// After a 429, calls of all lanes wait, also if no response has shown a limit.
func TestEnd_RefusedWithoutALimit(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]func() *budget.Operation{"small": budget.NewOperation, "poll": budget.NewPoll, "batch": budget.NewBatch} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &budget.Budget{}
				for range 5 {
					start(t, b, budget.NewOperation())
				}
				for range 5 {
					b.End(budget.Response{Sent: time.Now(), Refused: true, Wait: 10 * time.Second})
				}
				if !waits(t, b, o()) {
					t.Error("a call was sent before the time that the 429 has named")
				}
			})
		})
	}
}

// A 429 of a window that has ended says nothing about the next one.
func TestEnd_LateRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 100, 50, 5*time.Second)
		late := time.Now()
		start(t, b, budget.NewOperation())
		time.Sleep(7 * time.Second)
		start(t, b, budget.NewOperation())
		b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 100, Remaining: 99, Reset: 20 * time.Second}})
		b.End(budget.Response{Sent: late, Rate: &budget.Rate{Limit: 100, Remaining: 0, Reset: 0}, Refused: true})
		if state := b.State(); state.Remaining != 99 {
			t.Errorf("%d calls are left", state.Remaining)
		}
		if waits(t, b, budget.NewOperation()) {
			t.Error("a call waits for the end of a new window")
		}
	})
}

// While a call is out that will show the next window, the end of one that was sent before changes nothing.
func TestEnd_OldCallDuringTheProbe(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]budget.Response{
		"with the old window": {Rate: &budget.Rate{Limit: 100, Remaining: 40}},
		"without a window":    {},
		"lost":                {Lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := known(t, 100, 50, 5*time.Second)
				response.Sent = time.Now()
				start(t, b, budget.NewOperation())
				time.Sleep(7 * time.Second)
				start(t, b, budget.NewOperation()) // shows the next window
				b.End(response)
				if !waits(t, b, budget.NewOperation()) {
					t.Error("a second call was sent into a window that nobody knows")
				}
			})
		})
	}
}

// A call that is cancelled at the moment it may be sent is not one that was made.
func TestStart_CancelledWhenGranted(t *testing.T) {
	t.Parallel()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			b, o, made := known(t, 100, 3, 5*time.Second), budget.NewOperation(), 0
			start(t, b, budget.NewOperation())
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error)
			go func() { ended <- b.Start(ctx, o, false) }()
			synctest.Wait()
			cancel()
			b.GiveBack(budget.NewOperation())
			if err := <-ended; err == nil {
				made++
			}
			if o.Calls() != made {
				t.Errorf("%d calls, want %d", o.Calls(), made)
			}
		})
	}
}
