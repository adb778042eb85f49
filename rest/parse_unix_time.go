package rest

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxUnixSeconds separates seconds from milliseconds since 1970: it is the year 5138 in seconds, 1973 in milliseconds.
// maxUnixMilliseconds does the same for microseconds.
const (
	maxUnixSeconds      = 100_000_000_000
	maxUnixMilliseconds = 1000 * maxUnixSeconds
)

// parseUnixTime parses a decimal number: seconds, milliseconds or microseconds since 1970.
func parseUnixTime(text string) (time.Time, bool) {
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return time.Time{}, false
	}
	if strings.ContainsAny(text, "eE") {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(number) > math.MaxInt64 {
			return time.Time{}, false
		}
		text = strconv.FormatFloat(number, 'f', -1, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	number, err := strconv.ParseInt(whole, 10, 64)
	billionths, ok := parseFraction(fraction)
	if err != nil || !ok {
		return time.Time{}, false
	}
	if strings.HasPrefix(text, "-") {
		billionths = -billionths
	}
	return unixTime(number, billionths), true
}

// unixTime returns the time for a number and billionths of its unit, which depends on its size.
func unixTime(number, billionths int64) time.Time {
	perSecond := int64(1)
	switch {
	case number >= maxUnixMilliseconds, number <= -maxUnixMilliseconds:
		perSecond = 1_000_000
	case number >= maxUnixSeconds, number <= -maxUnixSeconds:
		perSecond = 1_000
	}
	return time.Unix(number/perSecond, number%perSecond*(1e9/perSecond)+billionths/perSecond)
}

// parseFraction returns the digits after a decimal point in billionths. It ignores digits after the ninth.
func parseFraction(digits string) (billionths int64, ok bool) {
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	const zeros = "000000000"
	billionths, err := strconv.ParseInt((digits + zeros)[:len(zeros)], 10, 64)
	return billionths, err == nil
}
