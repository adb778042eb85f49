package rest

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// maxBody is the maximum size of a document in bytes, decompressed. A long history can reach it, because
// the API does not page messages.
const maxBody = 8 << 20

// pieceSize is how many bytes of a body of unknown length are reserved and read at once.
const pieceSize = 64 << 10

// pieces pools memory for bodies of unknown length: a growing buffer would leave several times the body as garbage. A piece
// still holds a caller's data, so it is never read beyond what was written to it.
var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }} //nolint:gochecknoglobals // a pool is shared by nature

// maxPooledPieces is how many pieces of one body are pooled, so that large bodies do not occupy memory when they have been read.
const maxPooledPieces = 4

// readBody returns the whole body, or a *http.MaxBytesError instead of a truncated one, which could still be a complete
// document. The caller owns the result, whose bytes stay reserved.
func readBody(response *http.Response, memory Memory) ([]byte, error) {
	length := response.ContentLength
	if length <= 0 || length > maxBody {
		return readPieces(http.MaxBytesReader(nil, response.Body, maxBody), memory)
	}
	if err := reserve(memory, int(length)); err != nil {
		return nil, err
	}
	// One byte more, to read the EOF: over HTTP/2 it is a separate frame, and Close resets a stream without it.
	body := make([]byte, length+1)
	if n, err := io.ReadFull(response.Body, body); int64(n) < length {
		memory.Release(int(length))
		return nil, err
	}
	return body[:length], nil
}

// readPieces reads a body of unknown length.
func readPieces(from io.Reader, memory Memory) ([]byte, error) {
	var read []*[pieceSize]byte
	defer func() {
		memory.Release(len(read) * pieceSize)
		for _, piece := range read[:min(len(read), maxPooledPieces)] {
			pieces.Put(piece)
		}
	}()
	for size := 0; ; {
		if err := reserve(memory, pieceSize); err != nil {
			return nil, err
		}
		piece, _ := pieces.Get().(*[pieceSize]byte)
		read = append(read, piece)
		n, err := fill(piece[:], from)
		size += n
		switch {
		case errors.Is(err, io.EOF):
			return join(read, size, memory)
		case err != nil:
			return nil, err
		}
	}
}

// fill reads until the piece is full or reading fails. Unlike [io.ReadFull], it returns the reader's own error.
func fill(piece []byte, from io.Reader) (n int, err error) {
	for n < len(piece) && err == nil {
		var more int
		more, err = from.Read(piece[n:])
		n += more
	}
	return n, err
}

// join copies pieces into one body.
func join(read []*[pieceSize]byte, size int, memory Memory) ([]byte, error) {
	if err := reserve(memory, size); err != nil {
		return nil, err
	}
	body := make([]byte, 0, size)
	for _, piece := range read {
		body = append(body, piece[:min(pieceSize, size-len(body))]...)
	}
	return body, nil
}
