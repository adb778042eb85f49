package budget

import (
	"math"
	"time"
)

// Shares of the limit.
const (
	smallShare = 10  // an operation with at most this part of the limit is small
	floorShare = 10  // part of a whole window that is kept for operations that have not arrived yet
	writeShare = 200 // part that is kept for writes
	liveShare  = 30  // percent that polls may spend
)

// isSmall reports whether an operation with this many calls is small. A limit of 0 is unknown.
func isSmall(calls, limit int) bool { return calls <= max(10, limit/smallShare) }

// fitsWindow reports whether an operation with this many calls can be completed within one window.
func fitsWindow(calls, limit int) bool { return calls <= limit-max(3, limit/floorShare) }

// reserve returns the number of calls that a lane leaves to the lanes before it, and to others with the same limit.
func (w *window) reserve(lane Lane, demand float64, now time.Time) int {
	race := int(w.foreign / 2) // what others may have spent within half a second, since the last response
	writes := max(2, w.limit/writeShare)
	switch lane {
	case Write:
		return race
	case Interactive, Live:
		return writes + race
	default:
		return w.forecast(demand, float64(writes), now)
	}
}

// forecast returns the number of calls that the earlier lanes and others will make until the window ends. The caller's
// own calls count in full. Those of others count up to half of the limit, because a forecast about strangers must not stop
// the caller's batch for ever.
func (w *window) forecast(demand, writes float64, now time.Time) int {
	left := w.timeLeft(now).Seconds()
	floor := max(3, math.Ceil(float64(w.limit)/floorShare*min(1, left/w.length.Seconds())))
	own := 1.25*demand*left + writes
	others := 1.1 * w.foreign * left
	return int(max(floor, own, min(float64(w.limit)/2, own+others)))
}

// trend is the least number of calls that say something about those to come.
const trend = 3

// buckets is the number of parts of a window in which demand is counted.
const buckets = 8

// demand counts the calls of the earlier lanes within about the last window.
type demand struct {
	since  time.Time // when counting began
	last   time.Time // start of the current bucket
	counts [buckets]int32
	at     int
}

// add counts a call.
func (d *demand) add(now time.Time, window time.Duration) {
	d.advance(now, window)
	d.counts[d.at]++
}

// forget takes back calls of an operation that turned out to be large, latest first. Otherwise it would compete with the
// forecast of its own calls.
func (d *demand) forget(calls int) {
	for back := range buckets {
		count := &d.counts[(d.at-back+buckets)%buckets]
		taken := min(calls, int(*count))
		*count -= int32(taken) //nolint:gosec // it is at most *count
		calls -= taken
	}
}

// perSecond returns the calls per second.
func (d *demand) perSecond(now time.Time, window time.Duration) float64 {
	if d.since.IsZero() {
		return 0
	}
	d.advance(now, window)
	total := int32(0)
	for _, count := range d.counts {
		total += count
	}
	if total < trend {
		return 0
	}
	span := min(max(window, time.Second), max(now.Sub(d.since), time.Second)) // a 429 without a limit has no window
	return float64(total) / span.Seconds()
}

// advance drops the buckets that are older than a window.
func (d *demand) advance(now time.Time, window time.Duration) {
	step := max(window, time.Second) / buckets
	if d.since.IsZero() || now.Sub(d.last) >= step*buckets {
		if d.since.IsZero() {
			d.since = now
		}
		d.last, d.counts = now, [buckets]int32{}
		return
	}
	for ; now.Sub(d.last) >= step; d.last = d.last.Add(step) {
		d.at = (d.at + 1) % buckets
		d.counts[d.at] = 0
	}
}
