package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// MarshalUserErrorCode writes a code. Codes are spelled as in the schema.
func MarshalUserErrorCode(code model.UserErrorCode) graphql.Marshaler {
	return appended(AppendUserErrorCode(nil, code))
}

// AppendUserErrorCode appends the JSON that MarshalUserErrorCode writes.
func AppendUserErrorCode(buffer []byte, code model.UserErrorCode) []byte {
	return appendName(buffer, string(code))
}
