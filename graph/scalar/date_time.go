package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDateTime writes a point in time as RFC 3339 in UTC.
func MarshalDateTime(point time.Time) graphql.Marshaler {
	return graphql.MarshalString(point.UTC().Format(time.RFC3339Nano))
}
