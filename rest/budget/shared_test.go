package budget_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// others are the other replicas of a caller.
type others struct {
	known budget.SharedRate // what they have seen
	delay time.Duration

	mu            sync.Mutex
	finds, claims int
	rates         []budget.SharedRate // written for them
	refused       []time.Duration
}

func (o *others) Find(context.Context) (budget.SharedRate, bool) {
	time.Sleep(o.delay)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finds++
	return o.known, o.known.Latest > 0
}

func (o *others) Claim(context.Context, int) (budget.SharedRate, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claims++
	return o.known, true
}

func (o *others) Saw(rate budget.SharedRate) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rates = append(o.rates, rate)
}

func (o *others) Refused(wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refused = append(o.refused, wait)
}

// The first calls of a caller wait together for what others have seen. Later ones do not ask, and nor do those of a caller of whom
// nobody knows anything, except once per second.
func TestSharedRate_FirstCall(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]budget.SharedRate{
		"known":   {Limit: 100, Remaining: 99, Latest: 20 * time.Second},
		"unknown": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared := &others{known: known, delay: 3 * time.Millisecond}
				b, began := budget.New(shared), time.Now()
				var calls sync.WaitGroup
				for range 10 {
					calls.Go(func() { start(t, b, budget.NewOperation()) })
				}
				calls.Wait()
				if took := time.Since(began); shared.finds != 1 || took != shared.delay {
					t.Errorf("%d reads for %v", shared.finds, took)
				}
				start(t, b, budget.NewOperation())
				if err := b.Admit(t.Context(), budget.NewOperation(), 5, nil); err != nil || shared.finds != 1 {
					t.Errorf("%v, %d reads", err, shared.finds)
				}
				if state := b.State(); (state != nil) != (name == "known") || state != nil && state.Limit != 100 {
					t.Errorf("the window is %+v", state)
				}
				time.Sleep(time.Second)
				start(t, b, budget.NewOperation())
				if want := map[string]int{"known": 1, "unknown": 2}[name]; shared.finds != want {
					t.Errorf("%d reads after a second, want %d", shared.finds, want)
				}
			})
		})
	}
}

// A window in which another replica has used up the limit stops the first call, and an operation of many calls at the door.
func TestSharedRate_Empty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		empty := budget.SharedRate{Limit: 300, Latest: 20 * time.Second}
		rejection := rejectionOf(t, budget.New(&others{known: empty}).Start(t.Context(), budget.NewOperation(), false))
		if want := (budget.Rejection{Reason: budget.Deadline, Lane: budget.Interactive, Limit: 300, RetryAfter: 20 * time.Second}); rejection != want {
			t.Errorf("a call: got %+v, want %+v", rejection, want)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		rejection = rejectionOf(t, budget.New(&others{known: empty}).Admit(ctx, budget.NewOperation(), 101, nil))
		if rejection.Reason != budget.Deadline || rejection.Need != 101 {
			t.Errorf("an operation: %+v", rejection)
		}
	})
}

// An operation of many calls waits for those of another replica, as for those of its own.
func TestSharedRate_Claims(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &others{known: budget.SharedRate{Limit: 300, Remaining: 299, Claims: 200, Latest: 20 * time.Second}}
		b := budget.New(shared)
		o, done := budget.NewBatch(), make(chan error, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go func() { done <- b.Admit(ctx, o, 101, nil) }()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(done) > 0 || shared.claims == 0 {
			t.Fatalf("it does not wait: %d claims", shared.claims)
		}
		if last := shared.rates[len(shared.rates)-1]; last.Claims != 0 {
			t.Errorf("while it waits, %d calls are claimed", last.Claims)
		}
		shared.mu.Lock()
		shared.known.Claims = 0
		shared.mu.Unlock()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if asked := shared.claims; asked > 10 {
			t.Errorf("it has asked %d times", asked)
		}
		b.Release(o, 1, 0)
		if last := shared.rates[len(shared.rates)-1]; last.Claims != 0 {
			t.Errorf("after its end, %d calls are claimed", last.Claims)
		}
	})
}

// A 429 is told at once, and one per second is enough.
func TestSharedRate_Refused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &others{}
		b := budget.New(shared)
		for range 3 {
			start(t, b, budget.NewOperation())
		}
		for range 3 {
			b.End(budget.Response{Sent: time.Now(), Refused: true, Wait: 10 * time.Second})
		}
		if len(shared.refused) != 1 || shared.refused[0] != 10*time.Second {
			t.Errorf("told %v", shared.refused)
		}
		want := budget.SharedRate{Claims: 2, Latest: 10 * time.Second}
		if len(shared.rates) != 1 || shared.rates[0] != want {
			t.Errorf("written %+v, want %+v", shared.rates, want)
		}
	})
}

// Values that cannot be true change nothing, whoever has written them.
func FuzzSharedRate(f *testing.F) {
	f.Add(300, 200, 10, int64(9000), int64(11000))
	f.Add(-1, 1<<40, -1, int64(1)<<40, int64(-1))
	f.Add(0, 0, 1<<40, int64(0), int64(1))
	f.Fuzz(func(t *testing.T, limit, remaining, claims int, earliest, latest int64) {
		ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
		shared := &others{known: budget.SharedRate{Limit: limit, Remaining: remaining, Claims: claims, Earliest: ms(earliest), Latest: ms(latest)}}
		b := budget.New(shared)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = b.Admit(ctx, budget.NewBatch(), 20, nil)
		if state := b.State(); state != nil && (state.Remaining < 0 || state.Remaining > state.Limit || state.ResetAfter > 11*time.Minute) {
			t.Errorf("%+v", state)
		}
	})
}

// A burst that uses up the limit within a second is known to the others, with few writes.
func TestSharedRate_Burst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &others{}
		b := budget.New(shared)
		for remaining := 299; remaining >= 2; remaining-- {
			start(t, b, budget.NewOperation())
			b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 300, Remaining: remaining, Reset: 20 * time.Second}})
		}
		if last := shared.rates[len(shared.rates)-1].Remaining; last != 2 || len(shared.rates) > 10 {
			t.Errorf("%d writes, the last one with %d remaining calls", len(shared.rates), last)
		}
	})
}

// What another replica has seen is believed for about a minute, and only until this replica's own responses show something else.
// Nothing else limits a value in the store that is false.
func TestSharedRate_False(t *testing.T) {
	t.Parallel()
	const long = 10 * time.Minute
	own := budget.Rate{Limit: 100, Remaining: 40, Reset: 50 * time.Second}
	t.Run("too much", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			shared := &others{known: budget.SharedRate{Limit: 1_000_000, Remaining: 1_000_000, Earliest: long, Latest: long}}
			b := budget.New(shared)
			start(t, b, budget.NewOperation())
			b.End(budget.Response{Sent: time.Now(), Rate: &own})
			if state := b.State(); state.Limit != 100 || state.Remaining != 40 || state.Length > 62*time.Second {
				t.Errorf("after an own response: %+v", state)
			}
			if len(shared.rates) != 1 || shared.rates[0].Limit != 100 {
				t.Errorf("told %+v", shared.rates)
			}
		})
	})
	refuse := func(b *budget.Budget) { b.Refuse(long) }
	for name, test := range map[string]struct {
		known budget.SharedRate
		then  func(*budget.Budget)
	}{
		"nothing left": {budget.SharedRate{Limit: 100, Earliest: long, Latest: long}, func(*budget.Budget) {}},
		"a 429":        {budget.SharedRate{Latest: long}, func(*budget.Budget) {}},
		"a hint":       {budget.SharedRate{}, refuse},
		"a hint later": {budget.SharedRate{}, func(b *budget.Budget) {
			_ = b.Start(t.Context(), budget.NewOperation(), false)
			b.End(budget.Response{Sent: time.Now(), Rate: &own})
			refuse(b)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared := &others{known: test.known}
				b := budget.New(shared)
				test.then(b)
				shared.rates = nil
				began := time.Now()
				for b.Start(t.Context(), budget.NewOperation(), false) != nil {
					b.Release(budget.NewOperation(), 1, 0)
					time.Sleep(time.Second)
				}
				if took := time.Since(began); took < 30*time.Second || took > 70*time.Second {
					t.Errorf("rejected for %s", took)
				}
				if len(shared.rates) > 0 {
					t.Errorf("told %d rates", len(shared.rates))
				}
			})
		})
	}
}
