package admission

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"
)

// machine has two processors. Operations run on them in turns and report how long they have waited, like the scheduler.
type machine struct {
	processors *semaphore.Weighted

	mu     sync.Mutex
	delays Delays
}

func newMachine() *machine { return &machine{processors: semaphore.NewWeighted(2)} }

func (m *machine) measured() Delays {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.delays
}

// compute occupies a processor, a millisecond at a time.
func (m *machine) compute(milliseconds int) {
	for range milliseconds {
		start := time.Now()
		_ = m.processors.Acquire(context.Background(), 1)
		m.mu.Lock()
		m.delays.Seconds += time.Since(start).Seconds()
		m.delays.Waits++
		m.mu.Unlock()
		time.Sleep(time.Millisecond)
		m.processors.Release(1)
	}
}

// operation makes two calls, one after the other, and computes for 12 ms: two processors complete 166 of them in a second.
func (m *machine) operation(latency time.Duration) {
	m.compute(4)
	time.Sleep(latency)
	m.compute(4)
	time.Sleep(latency)
	m.compute(4)
}

// outcome describes the second half of a load.
type outcome struct {
	mu        sync.Mutex
	durations []time.Duration // of accepted operations, with their wait for a slot
	rejected  int
	mostOfOne int // concurrent operations of one key
}

func (o *outcome) p99() time.Duration { return o.durations[len(o.durations)*99/100] }

// offer starts operations at a rate per second for ten seconds. Three quarters of them have one key, the others four.
func (m *machine) offer(l *Limiter, rate int, latency time.Duration) *outcome {
	var group sync.WaitGroup
	result, running := &outcome{}, map[string]int{}
	for i := range 10 * rate {
		group.Go(func() {
			start, key := time.Now(), fmt.Sprint(max(i%16-11, 0))
			release, err := l.Acquire(context.Background(), key)
			result.mu.Lock()
			defer result.mu.Unlock()
			if err == nil {
				running[key]++
				most := running[key]
				result.mu.Unlock()
				m.operation(latency)
				release()
				result.mu.Lock()
				running[key]--
				if i >= 5*rate {
					result.mostOfOne, result.durations = max(result.mostOfOne, most), append(result.durations, time.Since(start))
				}
			} else if i >= 5*rate {
				result.rejected++
			}
		})
		time.Sleep(time.Second / time.Duration(rate))
	}
	group.Wait()
	slices.Sort(result.durations)
	return result
}

const capacity = 166 // operations per second

// At three times the capacity, accepted operations take at most three times as long as at half of it, and as many complete
// as the processors can do. One key has a quarter of the slots. Without Adapt, the operations take 14 times as long.
func TestLimiter_Overload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		run := func(rate int, adapts bool) *outcome {
			m, l := newMachine(), New(128, 32)
			if adapts {
				l.Adapt(16, m.measured, func(int) {})
			}
			result := m.offer(l, rate, 20*time.Millisecond)
			t.Logf("%d/s: %d accepted, %d rejected, p99 %v, %d of one key", rate, len(result.durations), result.rejected, result.p99(), result.mostOfOne)
			return result
		}
		normal, overloaded, fixed := run(capacity/2, true), run(3*capacity, true), run(3*capacity, false)
		if normal.rejected > 0 || overloaded.p99() > 3*normal.p99() || len(overloaded.durations) < 5*capacity*9/10 || overloaded.mostOfOne > 8 {
			t.Error("the load is not shed")
		}
		if fixed.p99() < 10*normal.p99() {
			t.Error("this was no overload")
		}
	})
}

// The maximum returns when the overload ends, also if nothing runs meanwhile.
func TestLimiter_Recovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, maximum := newMachine(), New(128, 32), 128
		l.Adapt(16, m.measured, func(now int) { maximum = now })
		for _, pause := range []time.Duration{0, time.Minute} {
			m.offer(l, 3*capacity, 20*time.Millisecond)
			if maximum > 32 {
				t.Errorf("%d operations during an overload", maximum)
			}
			time.Sleep(pause)
			if result := m.offer(l, capacity/2, 20*time.Millisecond); maximum != 128 || result.rejected > 0 {
				t.Errorf("%d operations, %d rejected after it", maximum, result.rejected)
			}
		}
	})
}

// Operations that wait for mStudio overload no processor. They have all slots, and one key its share.
func TestLimiter_SlowUpstream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l := newMachine(), New(128, 32)
		l.Adapt(16, m.measured, func(maximum int) { t.Errorf("%d operations", maximum) })
		if result := m.offer(l, capacity/2, 2*time.Second); result.mostOfOne != 32 || result.p99() > 4200*time.Millisecond {
			t.Error(result.mostOfOne, result.p99())
		}
	})
}

// A key always gets a slot, whatever its share.
func TestLimiter_SmallShare(t *testing.T) {
	t.Parallel()
	l := New(128, 2)
	l.load = &load{weight: 8, since: time.Now()}
	release, err := l.Acquire(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Acquire(t.Context(), "a"); !errors.Is(err, ErrKeyBusy) {
		t.Error(err)
	}
	release()
}

// The runtime counts the waits of goroutines for a processor.
func TestProcessDelays(t *testing.T) {
	t.Parallel()
	before := ProcessDelays()
	var group sync.WaitGroup
	for range 10_000 {
		group.Go(func() { time.Sleep(time.Microsecond) })
	}
	group.Wait()
	if now := ProcessDelays(); now.Waits <= before.Waits || now.Seconds <= before.Seconds || now.Seconds > 1000*float64(now.Waits) {
		t.Errorf("%+v, then %+v", before, now)
	}
}
