package budget

import "time"

const (
	// rounding is the greatest difference between a reset and the time that it stands for.
	rounding = time.Second
	// staleAfter is how long after a window's end its limit is believed.
	staleAfter = time.Minute
	// longestHeard is the longest time until the end of a window that is believed without an own response. Then one call shows
	// whether it was true.
	longestHeard = time.Minute + 2*rounding
)

// window is the caller's window at mStudio, as its responses show it.
type window struct {
	limit int // 0 if unknown
	left  int // remaining calls, without those in flight

	earliest, ends time.Time // the earliest and the latest time at which the window can end; zero if unknown

	paused  time.Time     // the end of a wait after a 429 that is shorter than the window, as of a proxy
	length  time.Duration // the longest reset seen
	flight  int           // calls without a response
	own     int32         // responses in this window
	isHeard bool          // whether only another replica has seen this window
	foreign float64       // calls per second of others with the same limit
}

// isOver reports whether the window has ended, so that a response must show the next one.
func (w *window) isOver(now time.Time) bool { return !w.ends.IsZero() && !now.Before(w.ends) }

// isOld reports whether a call was sent in a window that has ended, and therefore cannot show the next one. What was heard of a
// window says nothing about a call that was in flight.
func (w *window) isOld(now, sent time.Time) bool {
	return w.isOver(now) && !w.isHeard && sent.Before(w.ends)
}

// isUnknown reports whether no response has shown a limit lately.
func (w *window) isUnknown(now time.Time) bool {
	return w.ends.IsZero() || now.Sub(w.ends) > staleAfter
}

// available returns the number of calls that mStudio would still accept.
func (w *window) available(now time.Time) int {
	switch {
	case now.Before(w.paused):
		return -w.flight
	case w.isOver(now):
		return w.limit - w.flight
	}
	return w.left - w.flight
}

// wait returns the time until calls can be sent again if none are left.
func (w *window) wait(now time.Time) time.Duration {
	if now.Before(w.paused) {
		return w.paused.Sub(now)
	}
	return w.timeLeft(now)
}

// timeLeft returns the time until the window ends, or the length of a window if it has ended.
func (w *window) timeLeft(now time.Time) time.Duration {
	if w.isOver(now) {
		return w.length
	}
	return w.ends.Sub(now)
}

// see takes over what a response says whose call was sent at that time. It reports whether a new window has begun, and whether
// the window of the response has not ended.
//
// Rounding and latency leave a span for the end of a window: it is at the earliest the reset after the call was sent, and
// at the latest after the response arrived. Responses of one window have spans that overlap.
func (w *window) see(now, sent time.Time, rate Rate) (isNew, isCurrent bool) {
	earliest, latest := sent.Add(rate.Reset-rounding), now.Add(rate.Reset+rounding)
	if w.isHeard && earliest.After(now) && latest.Before(w.earliest) { // the window runs, so what was heard is false
		w.forget()
	}
	isNew, isCurrent = w.merge(sent, rate, earliest, latest)
	if isCurrent {
		w.isHeard = false
		w.own++
		w.measureOthers(now, rate)
	}
	return isNew, isCurrent
}

// merge takes over a rate of a window that ends within a span. isCurrent is false if that window has ended.
func (w *window) merge(sent time.Time, rate Rate, earliest, latest time.Time) (isNew, isCurrent bool) {
	switch {
	case w.limit == 0, !sent.Before(w.ends), earliest.After(w.ends):
		w.limit, w.left, w.earliest, w.ends, w.own = rate.Limit, rate.Remaining, earliest, latest, 0
		w.length = max(w.length, rate.Reset, time.Second)
		return true, true
	case !latest.Before(w.earliest):
		w.left = min(w.left, rate.Remaining)
		if earliest.After(w.earliest) {
			w.earliest = earliest
		}
		if latest.Before(w.ends) {
			w.ends = latest
		}
		return false, true
	default: // a late response of the window before
		return false, false
	}
}

// measureOthers estimates how fast others spend: their calls are missing from what remains.
func (w *window) measureOthers(now time.Time, rate Rate) {
	elapsed := w.length - max(0, w.ends.Add(-rounding).Sub(now))
	if elapsed <= 2*time.Second {
		return
	}
	calls := max(0, rate.Limit-rate.Remaining-int(w.own)-w.flight)
	w.foreign += 0.05 * (float64(calls)/elapsed.Seconds() - w.foreign)
}

// hear takes over the rate of a window that another replica has seen. It reports whether it is a new window.
func (w *window) hear(now time.Time, rate Rate, earliest, latest time.Time) (isNew bool) {
	rate.Reset = min(rate.Reset, longestHeard)
	if isNew, _ = w.merge(now, rate, earliest, latest); isNew {
		w.isHeard = true
		if last := now.Add(longestHeard); last.Before(w.ends) {
			w.ends = last
		}
		if w.ends.Before(w.earliest) {
			w.earliest = w.ends
		}
	}
	return isNew
}

// refuse records a 429 without a rate.
func (w *window) refuse(now time.Time, wait time.Duration, isHeard bool) {
	longest := longestReset
	if isHeard {
		longest = longestHeard
	}
	until := now.Add(min(wait, longest))
	if w.isUnknown(now) || w.isOver(now) || until.After(w.ends) {
		w.left, w.ends, w.isHeard = 0, until, isHeard
		return
	}
	w.paused = until
}

// forget makes the limit unknown.
func (w *window) forget() { w.limit, w.ends = 0, time.Time{} }
