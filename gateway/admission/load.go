package admission

import (
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// window is the time between two changes of the weight. The queries of one page, sent together, are over before it ends.
	window = 500 * time.Millisecond
	// maxDelay is the mean time in seconds that a goroutine waits for a processor. Above it, the processors are overloaded:
	// an operation waits for them several times.
	maxDelay = 0.002
)

// Delays is how long goroutines have waited for a processor since the program's start.
type Delays struct {
	Seconds float64 // of all waits
	Waits   uint64
}

// ProcessDelays returns the delays of this process. The runtime measures some of the waits.
func ProcessDelays() (delays Delays) {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	histogram := sample[0].Value.Float64Histogram()
	for i, count := range histogram.Counts {
		delays.Waits += count
		delays.Seconds += float64(count) * max(histogram.Buckets[i], 0) // the first bucket starts at -Inf
	}
	return delays
}

// load decides how many slots an operation takes. It follows the processors, not the duration of operations: if mStudio is
// slow, fewer operations would not make it faster.
type load struct {
	delays   func() Delays
	changed  func(weight int64)
	heaviest int64

	mu     sync.Mutex
	since  time.Time // start of the window
	before Delays
	weight int64
}

// slots returns the number of slots for the next operation.
func (l *load) slots() int64 {
	if l == nil {
		return 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if windows := int64(time.Since(l.since) / window); windows > 0 {
		l.adapt(windows)
	}
	return l.weight
}

// adapt makes operations heavier after an overloaded window, and lighter after others.
func (l *load) adapt(windows int64) {
	before, now := l.before, l.delays()
	l.since, l.before = time.Now(), now
	weight := max(l.weight-windows, 1)
	if now.Seconds-before.Seconds > maxDelay*float64(now.Waits-before.Waits) {
		weight = min(l.weight+1, l.heaviest)
	}
	if weight != l.weight {
		l.weight = weight
		l.changed(weight)
	}
}
