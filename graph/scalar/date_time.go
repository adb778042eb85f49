package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDateTime writes a time as RFC 3339 in UTC.
func MarshalDateTime(point time.Time) graphql.Marshaler {
	return appended(AppendDateTime(nil, point))
}

// AppendDateTime appends the JSON that MarshalDateTime writes. It does not use the layouts of the standard library, which
// take twice as long: an inbox has thousands of times.
func AppendDateTime(buffer []byte, point time.Time) []byte {
	point = point.UTC()
	year, month, day := point.Date()
	if year < 0 || year > 9999 {
		buffer = point.AppendFormat(append(buffer, '"'), time.RFC3339Nano)
		return append(buffer, '"')
	}
	hour, minute, second := point.Clock()
	const form = `"0000-00-00T00:00:00`
	start := len(buffer)
	buffer = append(buffer, form...)
	text := buffer[start:]
	twoDigits(text[1:], year/100)
	twoDigits(text[3:], year%100)
	twoDigits(text[6:], int(month))
	twoDigits(text[9:], day)
	twoDigits(text[12:], hour)
	twoDigits(text[15:], minute)
	twoDigits(text[18:], second)
	buffer = appendFraction(buffer, point.Nanosecond())
	return append(buffer, 'Z', '"')
}

func twoDigits(text []byte, number int) {
	const digits = "0123456789"
	text[0], text[1] = digits[number/10], digits[number%10]
}

// appendFraction appends a fraction of a second without trailing zeros, or nothing if it is zero.
func appendFraction(buffer []byte, nanoseconds int) []byte {
	if nanoseconds == 0 {
		return buffer
	}
	digits := 9
	for nanoseconds%10 == 0 {
		nanoseconds /= 10
		digits--
	}
	start := len(buffer)
	buffer = append(buffer, ".000000000"[:digits+1]...)
	for at := start + digits; at > start; at-- {
		buffer[at] = "0123456789"[nanoseconds%10]
		nanoseconds /= 10
	}
	return buffer
}
