package watcher

import (
	"math"
	"time"

	"mstudio-graphql/rest"
)

const (
	// unknownAllowance is the number of calls per minute that polls may make if the rate limit is unknown.
	unknownAllowance = 30
	// maxBackoff is the longest interval after failures.
	maxBackoff = 2 * time.Minute
)

// pace says how fast a caller is polled.
type pace struct {
	factor float64 // of the square root of the quiet time, both in seconds
	least  time.Duration
	most   [3]time.Duration // if the quiet time is less than 30 minutes, less than two hours, or longer
}

// paceOf returns the pace for a number of calls per minute that polls may make.
func paceOf(allowance float64) pace {
	switch {
	case allowance >= 60:
		return pace{0.3, 2 * time.Second, [3]time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second}}
	case allowance >= 10:
		return pace{0.7, 2 * time.Second, [3]time.Duration{15 * time.Second, 30 * time.Second, time.Minute}}
	}
	return pace{1.5, 5 * time.Second, [3]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}}
}

// interval returns the time between two polls. The best rate grows with the square root of the chance of a change, and the
// chance falls with the time since the last one.
func (p pace) interval(quiet time.Duration) time.Duration {
	wanted := time.Duration(p.factor * math.Sqrt(max(quiet, 0).Seconds()) * float64(time.Second))
	return min(max(wanted, p.least), p.longest(quiet))
}

func (p pace) longest(quiet time.Duration) time.Duration {
	switch {
	case quiet < 30*time.Minute:
		return p.most[0]
	case quiet < 2*time.Hour:
		return p.most[1]
	}
	return p.most[2]
}

// allowanceOf returns the number of calls per minute that polls of the client's caller may make.
func allowanceOf(client *rest.Client) float64 {
	if limit := client.RateLimit(); limit != nil {
		return limit.LivePerMinute()
	}
	return unknownAllowance
}

// interval returns the time between the start of the last poll and the next one, before stretching.
func (w *watcher) interval(client *rest.Client, now time.Time, calls int) time.Duration {
	allowance := allowanceOf(client)
	p := paceOf(allowance)
	wanted := w.config.Interval
	switch {
	case wanted > 0:
	case w.doubts():
		wanted = p.least // the next poll tells
	default:
		wanted = p.interval(now.Sub(w.active))
		wanted = time.Duration(float64(wanted) * w.jitter)
	}
	for range w.failures {
		wanted = max(wanted, min(2*wanted, maxBackoff))
	}
	if w.config.Interval > 0 {
		return wanted
	}
	spent := time.Duration(float64(calls) / allowance * float64(time.Minute))
	return max(wanted, min(spent, maxBackoff))
}
