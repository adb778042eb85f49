package rest

import (
	"strconv"
	"strings"
	"time"
)

// parseISOTime parses the notations of ISO 8601 for calendar dates, with or without separators. It also accepts lower-case
// letters, a space or an underscore instead of T, the second 60, and the name of a region in brackets after an offset, as
// Java appends it.
func parseISOTime(text string) (time.Time, bool) {
	s := isoScanner{rest: text}
	point, isBasic := s.date()
	year := point.Year()
	if s.rest != "" {
		s.require(s.skip("Tt _") || isBasic)
		point = s.clock(point)
	}
	// A number of seconds or milliseconds can look like a date without separators. In these years it is one, because the
	// number would be a time in 1970, in 1976, or after 2500.
	if isNumber := strings.Trim(text, "0123456789.") == ""; isNumber {
		s.require(year >= 1900 && year <= 2100)
	}
	return point, !s.failed && s.rest == ""
}

// isoScanner reads a text from its start. Its methods set failed if the text is invalid.
type isoScanner struct {
	rest   string
	failed bool
}

func (s *isoScanner) require(ok bool) { s.failed = s.failed || !ok }

// skip reads one of the characters, and reports whether there was one.
func (s *isoScanner) skip(characters string) bool {
	if s.rest == "" || !strings.Contains(characters, s.rest[:1]) {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// countDigits returns how many digits follow.
func (s *isoScanner) countDigits() int {
	return len(s.rest) - len(strings.TrimLeft(s.rest, "0123456789"))
}

// number reads a number with a given count of digits.
func (s *isoScanner) number(length int) int {
	if s.countDigits() < length {
		s.failed = true
		return 0
	}
	number, _ := strconv.Atoi(s.rest[:length])
	s.rest = s.rest[length:]
	return number
}

// date reads a day. isBasic reports whether it has no separators.
func (s *isoScanner) date() (day time.Time, isBasic bool) {
	year := s.number(4)
	isBasic = !s.skip("-")
	month := time.Month(s.number(2))
	s.require(isBasic || s.skip("-"))
	number := s.number(2)
	day = time.Date(year, month, number, 0, 0, 0, 0, time.UTC)
	s.require(day.Month() == month && day.Day() == number)
	return day, isBasic
}

// clock reads the time of a day and its offset from UTC.
func (s *isoScanner) clock(day time.Time) time.Time {
	hour := s.number(min(max(s.countDigits(), 1), 2))
	isBasic := !s.skip(":")
	minute, second, nanosecond := s.number(2), 0, 0
	if s.skip(":") || isBasic && s.countDigits() > 0 {
		second = s.number(2)
		nanosecond = s.fraction()
	}
	s.require(hour <= 23 || hour == 24 && minute+second+nanosecond == 0)
	s.require(minute <= 59 && second <= 60)
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, nanosecond, time.UTC).Add(-s.offset())
}

// fraction reads the fraction of a second, if there is one.
func (s *isoScanner) fraction() int {
	if !s.skip(".,") {
		return 0
	}
	length := s.countDigits()
	s.require(length > 0)
	nanoseconds, _ := parseFraction(s.rest[:length])
	s.rest = s.rest[length:]
	return int(nanoseconds)
}

// offset reads the offset from UTC and the name of a region after it. Without an offset the time is in UTC.
func (s *isoScanner) offset() time.Duration {
	if s.rest == "" {
		return 0
	}
	s.skip(" ")
	sign := time.Duration(1)
	if strings.HasPrefix(s.rest, "-") {
		sign = -1
	}
	var hours, minutes int
	switch {
	case strings.EqualFold(s.rest, "UTC"), strings.EqualFold(s.rest, "GMT"):
		s.rest = ""
	case s.skip("+-"):
		hours = s.number(2)
		if s.skip(":") || s.countDigits() > 0 {
			minutes = s.number(2)
		}
	default:
		s.require(s.skip("Zz"))
	}
	s.require(hours <= 23 && minutes <= 59)
	if strings.HasPrefix(s.rest, "[") && strings.HasSuffix(s.rest, "]") {
		s.rest = ""
	}
	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}
