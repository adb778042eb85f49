package scalar

import (
	"bytes"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/rest"
)

// MarshalText writes a text as a string.
func MarshalText(text rest.Text) graphql.Marshaler {
	if _, ok := text.JSON(); ok {
		return appended(AppendText(nil, text))
	}
	return graphql.MarshalString(text.String())
}

// AppendText appends the JSON that MarshalText writes.
func AppendText(buffer []byte, text rest.Text) []byte {
	if json, ok := text.JSON(); ok {
		return appendName(buffer, json)
	}
	escaped := bytes.NewBuffer(buffer)
	MarshalText(text).MarshalGQL(escaped)
	return escaped.Bytes()
}
