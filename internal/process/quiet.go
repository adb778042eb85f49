package process

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// quietInterval is how often the process looks whether it is quiet.
	quietInterval = 10 * time.Second
	// quietAllocation is the most that a quiet process allocates in this time, in bytes.
	quietAllocation = 4 << 20
	// worthReturning is the least memory that is worth a collection, in bytes.
	worthReturning = 16 << 20
)

// ReturnMemory gives memory back to the operating system whenever the process has become quiet, until ctx ends. Go's collector
// runs when the heap has grown, and a quiet heap does not grow: it would keep the garbage of the last burst.
func ReturnMemory(ctx context.Context) {
	var w quietWatch
	every(ctx, quietInterval, w.look)
}

// every calls look after each interval until ctx ends.
func every(ctx context.Context, interval time.Duration, look func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			look()
		}
	}
}

// quietWatch remembers what the process had allocated.
type quietWatch struct{ allocated uint64 }

// look returns memory if the process has allocated little since the last look.
func (w *quietWatch) look() {
	now := readHeap()
	isQuiet := now.allocated-w.allocated <= quietAllocation
	w.allocated = now.allocated
	if isQuiet && now.returnable() >= max(worthReturning, now.live/4) {
		debug.FreeOSMemory()
	}
}

// heap describes Go's heap in bytes.
type heap struct {
	allocated uint64 // since the start
	live      uint64 // after the last collection
	mapped    uint64 // of the operating system
}

func (h heap) returnable() uint64 { return h.mapped - min(h.live, h.mapped) }

func readHeap() heap {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	h := heap{allocated: samples[0].Value.Uint64(), live: samples[1].Value.Uint64()}
	for _, sample := range samples[2:] {
		h.mapped += sample.Value.Uint64()
	}
	return h
}
