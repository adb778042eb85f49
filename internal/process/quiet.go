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
	// quietAllocation is the most that a quiet process with a small heap allocates in this time, in bytes.
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

// look returns memory if the process has allocated little since the last look. For a large heap, that is less than its live part,
// because the heartbeats of 10,000 idle WebSockets allocate more than quietAllocation.
func (w *quietWatch) look() {
	now := readHeap()
	isQuiet := now.allocated-w.allocated <= max(quietAllocation, now.live)
	w.allocated = now.allocated
	if isQuiet && now.returnable() >= max(worthReturning, now.live/4) {
		debug.FreeOSMemory()
	}
}

// heap describes Go's heap in bytes.
type heap struct {
	allocated uint64 // since the start
	live      uint64 // after the last collection
	objects   uint64 // live ones with garbage
	free      uint64 // without objects, but not returned
}

// returnable returns the size of the garbage with that of the free memory. Gaps between live objects do not count, because no
// collection closes them: they would cause one in each interval.
func (h heap) returnable() uint64 { return h.objects - min(h.live, h.objects) + h.free }

func readHeap() heap {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	return heap{
		allocated: samples[0].Value.Uint64(), live: samples[1].Value.Uint64(),
		objects: samples[2].Value.Uint64(), free: samples[3].Value.Uint64(),
	}
}
