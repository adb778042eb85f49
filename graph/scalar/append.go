package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// Each scalar has two functions: Marshal for gqlgen's executor, and Append for the renderer, which avoids a marshaler for
// each value. Marshal calls Append, so both write the same JSON.

// appended returns a marshaler that writes JSON.
func appended(json []byte) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(json) })
}

// appendName appends a quoted string that needs no escapes.
func appendName(buffer []byte, name string) []byte {
	buffer = append(buffer, '"')
	buffer = append(buffer, name...)
	return append(buffer, '"')
}
