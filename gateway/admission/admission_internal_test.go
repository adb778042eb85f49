package admission

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// A waiting operation gets a slot that is released within 50 ms, and an error after that.
func TestAcquire_Waits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(2, 1)
		acquire := func(key string, want error) func() {
			release, err := l.Acquire(t.Context(), key)
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", key, err, want)
			}
			return release
		}
		first := acquire("a", nil)
		time.AfterFunc(maxWait-time.Millisecond, first)
		start := time.Now()
		acquire("a", nil)
		if time.Since(start) != maxWait-time.Millisecond {
			t.Errorf("acquired after %v", time.Since(start))
		}
		start = time.Now()
		acquire("a", ErrKeyBusy)
		if time.Since(start) != maxWait {
			t.Errorf("rejected after %v", time.Since(start))
		}
		start = time.Now()
		acquire("b", nil)
		if time.Since(start) != 0 {
			t.Errorf("another key waited for %v", time.Since(start))
		}
		start = time.Now()
		acquire("c", ErrBusy)
		if time.Since(start) != maxWait {
			t.Errorf("rejected after %v although all slots are in use", time.Since(start))
		}
	})
}

// Many waiting operations of one key do not delay another key.
func TestAcquire_QueueOfOneKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(3, 2)
		for range 1000 {
			go func() { _, _ = l.Acquire(t.Context(), "many") }() // two acquire a slot and hold it
		}
		synctest.Wait()
		start := time.Now()
		if _, err := l.Acquire(t.Context(), "one"); err != nil || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// The limiter keeps nothing of keys that are no longer in use.
func TestLimiter_ForgetsKeys(t *testing.T) {
	t.Parallel()
	l := New(1, 1)
	for i := range 100 {
		release, err := l.Acquire(t.Context(), fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if i == 50 {
			if _, err := l.Acquire(t.Context(), "another"); err == nil {
				t.Error("acquired although no slot is free")
			}
		}
		release()
	}
	if len(l.keys) > 0 {
		t.Errorf("%d keys remain", len(l.keys))
	}
}
