package budget_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// known returns a budget whose last response showed this rate.
func known(t *testing.T, limit, remaining int, reset time.Duration) *budget.Budget {
	t.Helper()
	b := &budget.Budget{}
	start(t, b, budget.NewOperation())
	b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: limit, Remaining: remaining, Reset: reset}})
	return b
}

func start(t *testing.T, b *budget.Budget, o *budget.Operation) {
	t.Helper()
	if err := b.Start(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
}

func rejectionOf(t *testing.T, err error) budget.Rejection {
	t.Helper()
	var rejection *budget.Rejection
	if !errors.As(err, &rejection) {
		t.Fatalf("got %v, want a rejection", err)
	}
	return *rejection
}

func TestStart_UnknownLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &budget.Budget{}
		for range 1000 {
			start(t, b, budget.NewOperation())
		}
		for range 1000 {
			b.End(budget.Response{Sent: time.Now()}) // without headers
		}
		start(t, b, budget.NewBatch())
	})
}

// An operation that is rejected costs no call, and says when to try again.
func TestAdmit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		need int
		want *budget.Rejection
	}{
		"small":               {30, nil},
		"fits":                {150, nil},
		"waits for a window":  {200, nil},
		"larger than windows": {271, &budget.Rejection{Reason: budget.TooLarge, Lane: budget.Batch, Need: 271, Remaining: 212, Limit: 300}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := known(t, 300, 212, 10*time.Second)
				ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
				defer cancel()
				began := time.Now()
				err := b.Admit(ctx, budget.NewOperation(), test.need, nil)
				waited := time.Since(began)
				if test.want == nil {
					if err != nil || (waited > 0) != (test.need == 200) || waited > 12*time.Second {
						t.Errorf("%v after %v", err, waited)
					}
					return
				}
				if got := rejectionOf(t, err); got != *test.want || waited > 0 {
					t.Errorf("got %+v after %v, want %+v", got, waited, *test.want)
				}
			})
		})
	}
}

func TestAdmit_DeadlineBeforeTheEndOfTheWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 300, 42, 12*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 13*time.Second)
		defer cancel()
		err := b.Admit(ctx, budget.NewOperation(), 101, nil)
		want := budget.Rejection{Reason: budget.Deadline, Lane: budget.Batch, Need: 101, Remaining: 42, Limit: 300, RetryAfter: 13 * time.Second}
		if got := rejectionOf(t, err); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if want := "The operation needs 101 calls; 42 are left for 13 s."; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

func TestAdmit_AtMost32Wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 300, 0, 10*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		rejected := make(chan error, 40)
		for range 40 {
			wg.Go(func() {
				if err := b.Admit(ctx, budget.NewBatch(), 50, nil); err != nil {
					rejected <- err
				}
			})
		}
		synctest.Wait()
		if got := len(rejected); got != 8 {
			t.Errorf("%d of 40 are rejected at once, want 8", got)
		}
		if got := rejectionOf(t, <-rejected); got.Reason != budget.NoRoom {
			t.Errorf("got %+v", got)
		}
		cancel()
		wg.Wait()
	})
}

// When a window has ended, one call goes first, and the others wait for what it shows.
func TestStart_NextWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 100, 0, 5*time.Second)
		started := make(chan struct{}, 50)
		for range 50 {
			go func() {
				if b.Start(t.Context(), budget.NewOperation(), false) == nil {
					started <- struct{}{}
				}
			}()
		}
		time.Sleep(6*time.Second - time.Millisecond)
		synctest.Wait()
		if got := len(started); got != 0 {
			t.Errorf("%d calls before the end", got)
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if got := len(started); got != 1 {
			t.Errorf("%d calls at the end, want 1", got)
		}
		b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 100, Remaining: 40, Reset: 5 * time.Second}})
		synctest.Wait()
		if got := len(started); got != 1+38 { // 2 are kept for writes
			t.Errorf("%d calls in the next window, want 39", got)
		}
		b.End(budget.Response{Sent: time.Now(), Refused: true})
		time.Sleep(time.Minute)
		synctest.Wait()
		b.End(budget.Response{Sent: time.Now()}) // without headers: the limit is unknown
		synctest.Wait()
		if got := len(started); got != 50 {
			t.Errorf("%d calls, want all", got)
		}
	})
}

// A probe that is lost does not stop the calls behind it.
func TestEnd_LostProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 100, 0, time.Second)
		time.Sleep(3 * time.Second)
		start(t, b, budget.NewOperation())
		second := make(chan error, 1)
		go func() { second <- b.Start(t.Context(), budget.NewOperation(), false) }()
		synctest.Wait()
		if len(second) > 0 {
			t.Error("two probes")
		}
		b.End(budget.Response{Sent: time.Now(), Lost: true})
		if err := <-second; err != nil {
			t.Error(err)
		}
	})
}

// Responses of two windows arrive in any order: calls that remain never become more within a window.
func TestEnd_AnyOrder(t *testing.T) {
	t.Parallel()
	seeds := uint64(200)
	if testing.Short() {
		seeds = 40
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 2))
			api := &api{limit: 40, window: 10 * time.Second, roundDown: seed%2 == 0}
			b := &budget.Budget{}
			var wg sync.WaitGroup
			for range 400 {
				time.Sleep(time.Duration(rnd.IntN(200)) * time.Millisecond)
				there, back := time.Duration(rnd.IntN(300))*time.Millisecond, time.Duration(rnd.IntN(900))*time.Millisecond
				wg.Go(func() {
					if b.Start(t.Context(), budget.NewOperation(), false) != nil {
						return
					}
					sent := time.Now()
					time.Sleep(there)
					ok, rate := api.take(true)
					time.Sleep(back)
					b.End(budget.Response{Sent: sent, Rate: &rate, Refused: !ok})
				})
			}
			wg.Wait()
			if api.refused > 0 {
				t.Errorf("seed %d: %d of %d calls were refused", seed, api.refused, api.passed)
			}
		})
	}
}

// A batch that waits with 100 calls does not delay a ticket, and an operation of 200 calls takes turns with one of 3.
func TestStart_Turns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 300, 0, time.Second)
		var mu sync.Mutex
		var order []string
		run := func(name string, o *budget.Operation, calls int) {
			for range calls {
				go func() {
					if b.Start(t.Context(), o, false) != nil {
						return
					}
					mu.Lock()
					order = append(order, name)
					mu.Unlock()
				}()
			}
			synctest.Wait()
		}
		run("batch", budget.NewBatch(), 100)
		run("many", budget.NewOperation(), 200)
		run("few", budget.NewOperation(), 3)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		count := func(remaining int) map[string]int { // of the calls that were sent, in any order
			b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 300, Remaining: remaining, Reset: time.Second}})
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			counts := map[string]int{}
			for _, name := range order {
				counts[name]++
			}
			return counts
		}
		if first := count(10); first["few"] != 3 || first["many"] > 8 || first["batch"] != 0 {
			t.Errorf("with room for ten: %v", first)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if all := count(299); all["few"] != 3 || all["many"] != 200 {
			t.Errorf("with room for all: %v", all)
		}
	})
}

// Operations that end give back what they claimed, and calls that are given up are not counted.
func TestRelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 300, 299, 20*time.Second)
		for range 10 {
			o := budget.NewBatch()
			if err := b.Admit(t.Context(), o, 200, nil); err != nil {
				t.Fatal(err)
			}
			b.Release(o, 0, 0)
		}
		b = known(t, 300, 0, 20*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		done := make(chan error, 10)
		for range 10 {
			go func() { done <- b.Start(ctx, budget.NewOperation(), false) }()
		}
		synctest.Wait()
		cancel()
		for range 10 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// The needs of a caller's last shapes are known, with the calls that were shared, and the least recently used one is forgotten.
func TestNeed(t *testing.T) {
	t.Parallel()
	b := &budget.Budget{}
	learn := func(shape uint64, calls, shared int) {
		o := budget.NewOperation()
		for range calls {
			start(t, b, o)
		}
		b.Release(o, shape, shared)
	}
	for shape := uint64(1); shape <= 8; shape++ {
		learn(shape, int(shape), 0)
	}
	learn(1, 20, 30)
	learn(100, 1, 0)
	learn(0, 9, 0) // none
	for shape, want := range map[uint64]int{0: 0, 1: 50, 2: 0, 3: 3, 8: 8, 100: 1, 101: 0} {
		if got := b.Need(shape); got != want {
			t.Errorf("shape %d: %d calls, want %d", shape, got, want)
		}
	}
}

// Values that cannot be true change nothing.
func FuzzEnd(f *testing.F) {
	f.Add(300, 200, int64(10), false, false)
	f.Add(-1, 1<<40, int64(1)<<40, true, true)
	f.Fuzz(func(t *testing.T, limit, remaining int, reset int64, refused, exempt bool) {
		b := &budget.Budget{}
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if b.Start(ctx, budget.NewOperation(), false) != nil {
				return
			}
			b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: limit, Remaining: remaining, Reset: time.Duration(reset) * time.Second}, Refused: refused, Exempt: exempt})
		}
	})
}

func BenchmarkStart(b *testing.B) {
	budgets, o := &budget.Budget{}, budget.NewOperation()
	rate := &budget.Rate{Limit: 1 << 30, Remaining: 1 << 29, Reset: time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		if err := budgets.Start(b.Context(), o, false); err != nil {
			b.Fatal(err)
		}
		budgets.End(budget.Response{Sent: time.Now(), Rate: rate})
	}
}

// Polls spend at most 30% of the limit, and the caller's other reads are not affected.
func TestStart_PollsSpendAPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := known(t, 100, 99, 10*time.Second)
		if got := b.State().LivePerMinute(); got != 180 {
			t.Errorf("polls may make %v calls per minute, want 180", got)
		}
		remaining := 99
		ended := func() {
			remaining--
			b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 100, Remaining: remaining, Reset: 10 * time.Second}})
		}
		for range 30 {
			start(t, b, budget.NewPoll())
			ended()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		rejection := rejectionOf(t, b.Start(ctx, budget.NewPoll(), false))
		if rejection.Reason != budget.Deadline || rejection.Lane != budget.Live {
			t.Errorf("the next poll: %+v", rejection)
		}
		start(t, b, budget.NewOperation())
		ended()
		began := time.Now()
		start(t, b, budget.NewPoll())
		if waited := time.Since(began); waited < 9*time.Second || waited > 12*time.Second {
			t.Errorf("a poll that may wait has waited %v", waited)
		}
		b.End(budget.Response{Sent: time.Now(), Lost: true})
	})
}
