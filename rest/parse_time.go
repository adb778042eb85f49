package rest

import (
	"strings"
	"time"
)

// parseTime parses a time in any notation that has only one meaning: RFC 3339, other notations of ISO 8601, with UTC for a
// missing time zone, a date, the date of an HTTP header, and seconds or a smaller unit since 1970. The result is in UTC and
// has a year of four digits.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, parse := range [...]func(string) (time.Time, bool){parseUsualTime, parseISOTime, parseUnixTime, parseMailTime} {
		if point, ok := parse(text); ok {
			point = point.UTC()
			return point, point.Year() >= 1 && point.Year() <= 9999
		}
	}
	return time.Time{}, false
}

// parseUsualTime parses the form that the API nearly always sends. parseISOTime reads it, too, but takes several times as long.
func parseUsualTime(text string) (time.Time, bool) {
	if !strings.HasSuffix(text, "Z") {
		return time.Time{}, false
	}
	point, err := time.Parse(time.RFC3339, text)
	return point, err == nil
}

// parseMailTime parses the date of a mail or of an HTTP header. It rejects abbreviated time zones other than GMT and UTC,
// which [time.Parse] would read as UTC.
func parseMailTime(text string) (time.Time, bool) {
	for _, layout := range [...]string{"Mon, 2 Jan 2006 15:04:05 GMT", "Mon, 2 Jan 2006 15:04:05 UTC", "Mon, 2 Jan 2006 15:04:05 -0700"} {
		if point, err := time.Parse(layout, text); err == nil {
			return point, true
		}
	}
	return time.Time{}, false
}
