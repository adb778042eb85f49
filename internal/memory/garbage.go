package memory

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
)

// garbage counts released bytes until they are collected. Many operations that fail at the limit release memory faster than
// the collector frees it: it uses at most half of the processors, even above Go's memory limit.
type garbage struct {
	released atomic.Int64

	mu    sync.Mutex
	cycle uint64 // completed cycles of the collector when it has last freed all released bytes
}

// bound waits for the collector if the released bytes exceed limit. Usually it has run in the meantime.
func (g *garbage) bound(limit int64) {
	if g.released.Load() <= limit {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.released.Load() <= limit {
		return
	}
	g.released.Store(0)
	if cycles() < g.cycle+2 { // one cycle may have begun before the last bytes were released
		runtime.GC()
	}
	g.cycle = cycles()
}

// cycles returns the number of completed cycles of the collector.
func cycles() uint64 {
	sample := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
