package admission_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/gateway/admission"
)

// allowed returns how often a key may act at once.
func allowed(rates *admission.Rates, key string) (times int) {
	for times < 1000 && rates.Allow(key) {
		times++
	}
	return times
}

func TestRates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := admission.NewRates(60)
		check := func(when string, key string, want int) {
			t.Helper()
			if got := allowed(rates, key); got != want {
				t.Errorf("%s: %d, want %d", when, got, want)
			}
		}
		check("at first", "one", 10)
		check("at first, another key", "two", 10)
		time.Sleep(rates.RetryAfter())
		check("after RetryAfter", "one", 1)
		time.Sleep(time.Hour)
		check("after an hour", "one", 10)
	})
}

func TestRates_Few(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := admission.NewRates(2)
		if got := allowed(rates, "one"); got != 1 {
			t.Errorf("at first: %d, want 1", got)
		}
		time.Sleep(rates.RetryAfter())
		if got := allowed(rates, "one"); got != 1 {
			t.Errorf("after %s: %d, want 1", rates.RetryAfter(), got)
		}
	})
}

func TestRates_None(t *testing.T) {
	t.Parallel()
	if got := allowed(admission.NewRates(0), "one"); got != 1000 {
		t.Errorf("without a limit: %d, want 1000", got)
	}
}

// Keys that are used again are remembered while 9,999 others are new.
func TestRates_Bounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := admission.NewRates(6)
		rates.Allow("first")
		for i := range 9_999 {
			rates.Allow(strconv.Itoa(i))
		}
		if rates.Allow("first") {
			t.Error("a key was forgotten that is one of 10,000")
		}
		for i := range 10_000 {
			rates.Allow("new " + strconv.Itoa(i))
		}
		if !rates.Allow("first") {
			t.Error("more than 10,000 keys are remembered")
		}
	})
}

func TestRates_Concurrent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := admission.NewRates(600)
		var total atomic.Int64
		var running sync.WaitGroup
		for range 8 {
			running.Go(func() { total.Add(int64(allowed(rates, "one"))) })
		}
		running.Wait()
		if total.Load() != 100 {
			t.Errorf("%d were allowed at once, want 100", total.Load())
		}
	})
}
