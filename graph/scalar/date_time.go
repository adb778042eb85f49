package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDateTime writes a point in time as RFC 3339 in UTC.
func MarshalDateTime(point time.Time) graphql.Marshaler {
	return appended(AppendDateTime(nil, point))
}

// AppendDateTime appends what MarshalDateTime writes.
func AppendDateTime(buffer []byte, point time.Time) []byte {
	buffer = append(buffer, '"')
	buffer = point.UTC().AppendFormat(buffer, time.RFC3339Nano)
	return append(buffer, '"')
}
