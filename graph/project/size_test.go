package project

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// renderTwo writes two root fields of an operation, as the executor does: both are finished before the first is written.
func renderTwo(t *testing.T, sized bool, to io.Writer) {
	t.Helper()
	ctx := responding(t)
	if sized {
		ctx = WithSize(ctx)
	}
	var finished []graphql.Marshaler
	for _, text := range []string{strings.Repeat("a", 10_000), strings.Repeat("b", 30_000)} {
		w := NewWriter()
		w.String(text)
		finished = append(finished, w.Finish(ctx, nil))
	}
	for _, field := range finished {
		field.MarshalGQL(to)
	}
}

func TestBufferIsMadeInOnePiece(t *testing.T) {
	t.Parallel()
	var to, plain bytes.Buffer
	renderTwo(t, true, &to)
	const page = 8 << 10 // what the runtime rounds large allocations to
	if written, room := to.Len(), to.Cap(); written != 40_004 || room > written+keysAround+page {
		t.Errorf("want room for little more than 40,004 bytes, got %d bytes in %d", written, room)
	}
	renderTwo(t, false, &plain)
	if plain.String() != to.String() {
		t.Error("the answer depends on whether its size is known")
	}
}

func TestSizeOfAnotherWriter(t *testing.T) {
	t.Parallel()
	var to strings.Builder
	renderTwo(t, true, &to)
	if to.Len() != 40_004 {
		t.Errorf("want 40,004 bytes, got %d", to.Len())
	}
}
