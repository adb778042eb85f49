package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// MarshalDateTime writes a time as RFC 3339 in UTC, with three digits of fraction. Further digits are cut off, so that a
// time never seems later than it is.
func MarshalDateTime(point time.Time) graphql.Marshaler {
	return appended(AppendDateTime(nil, point))
}

// AppendDateTime appends the JSON that MarshalDateTime writes. It adds the fraction itself, because the standard library
// writes layouts other than its own five times slower, and an inbox has hundreds of times.
func AppendDateTime(buffer []byte, point time.Time) []byte {
	point = point.UTC()
	if year := point.Year(); year < 0 || year > 9999 { // as if the time could not be read
		point = time.Unix(0, 0).UTC()
	}
	buffer = point.AppendFormat(append(buffer, '"'), time.RFC3339)
	const digits = "0123456789"
	milliseconds := point.Nanosecond() / 1e6
	fraction := [...]byte{'.', digits[milliseconds/100], digits[milliseconds/10%10], digits[milliseconds%10], 'Z', '"'}
	return append(buffer[:len(buffer)-len("Z")], fraction[:]...)
}

// UnmarshalDateTime reads a time in RFC 3339.
func UnmarshalDateTime(value any) (time.Time, error) {
	text, _ := value.(string)
	point, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, model.BadInput("A time must have the format of RFC 3339.")
	}
	return point, nil
}
