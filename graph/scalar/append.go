package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// Each scalar has two functions: Marshal for the executor and Append for the renderer, which wants no marshaler for
// every value that it writes. The first is made of the second, so they cannot differ.

// appended is a marshaler for JSON that is finished.
func appended(json []byte) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(json) })
}

// appendName appends a name in quotes. Names hold nothing that would need escaping.
func appendName(buffer []byte, name string) []byte {
	buffer = append(buffer, '"')
	buffer = append(buffer, name...)
	return append(buffer, '"')
}
