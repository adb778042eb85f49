package rest

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

const (
	// minRateWait and maxRateWait bound the wait after a 429, whatever the API announces.
	minRateWait = time.Second
	maxRateWait = 10 * time.Minute
	// unknownRateWait is the wait if the API announces none: too long for a retry that would only be rejected again.
	unknownRateWait = 5 * time.Second
	// resetMargin is added to X-RateLimit-Reset, because mStudio does not document how it rounds the remaining time.
	resetMargin = time.Second
	// Numbers from firstEpoch on are times since 1970 instead of waits, from firstMilliseconds on in milliseconds.
	firstEpoch, firstMilliseconds = 1e9, 1e12
)

// rateWait returns how long a caller must wait after a 429, and whether the API has announced it. mStudio documents X-RateLimit-Reset in remaining seconds. A
// proxy may send Retry-After, in seconds or as a date.
func rateWait(header http.Header, now time.Time) (wait time.Duration, announced bool) {
	if wait, ok := announcedWait(header.Get("Retry-After"), 0, now); ok {
		return wait, true
	}
	if wait, ok := announcedWait(header.Get(rateResetHeader), resetMargin, now); ok {
		return wait, true
	}
	return unknownRateWait, false
}

// announcedWait reads a number of seconds, a date or a time since 1970, and adds the margin.
func announcedWait(text string, margin time.Duration, now time.Time) (time.Duration, bool) {
	if date, err := http.ParseTime(text); err == nil {
		return boundedWait((date.Sub(now) + margin).Seconds()), true
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 0 || math.IsNaN(seconds) {
		return 0, false
	}
	if seconds >= firstMilliseconds {
		seconds /= 1000
	}
	if seconds >= firstEpoch {
		seconds -= float64(now.UnixMilli()) / 1000
	}
	return boundedWait(seconds + margin.Seconds()), true
}

// boundedWait rounds up to whole seconds, which is what clients get.
func boundedWait(seconds float64) time.Duration {
	seconds = min(max(math.Ceil(seconds), minRateWait.Seconds()), maxRateWait.Seconds())
	return time.Duration(seconds) * time.Second
}
