package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDateTime writes a time as RFC 3339 in UTC, with three digits of fraction. Further digits are cut off, so that a
// time never seems later than it is.
func MarshalDateTime(point time.Time) graphql.Marshaler {
	return appended(AppendDateTime(nil, point))
}

// AppendDateTime appends the JSON that MarshalDateTime writes. It does not use the layouts of the standard library, which
// take twice as long: an inbox has thousands of times.
func AppendDateTime(buffer []byte, point time.Time) []byte {
	point = point.UTC()
	year, month, day := point.Date()
	if year < 0 || year > 9999 { // like a time that cannot be read
		return AppendDateTime(buffer, time.Unix(0, 0))
	}
	hour, minute, second := point.Clock()
	const form = `"0000-00-00T00:00:00.000Z"`
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
	milliseconds := point.Nanosecond() / 1e6
	twoDigits(text[21:], milliseconds/10)
	text[23] = '0' + byte(milliseconds%10)
	return buffer
}

func twoDigits(text []byte, number int) {
	const digits = "0123456789"
	text[0], text[1] = digits[number/10], digits[number%10]
}
