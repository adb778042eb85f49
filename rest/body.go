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

// minPooledBody is the size of the smallest body that is worth a pool, in bytes.
const minPooledBody = 16 << 10

// bodies pools the memory of pages that were compared and not decoded. Polls of idle callers read little else. The same holds as
// for pieces.
var bodies sync.Pool //nolint:gochecknoglobals // a pool is shared by nature

// readBody returns the whole body, or a *http.MaxBytesError instead of a truncated one, which could still be a complete
// document. The caller owns the result, whose bytes stay reserved.
func readBody(response *http.Response, memory Memory) ([]byte, error) {
	length := response.ContentLength
	if length <= 0 || length > maxBody {
		return readPieces(http.MaxBytesReader(nil, response.Body, maxBody), memory)
	}
	// One byte more, to read the EOF: over HTTP/2 it is a separate frame, and Close resets a stream without it.
	body, reserved, err := newBody(int(length), 1, memory)
	if err != nil {
		return nil, err
	}
	if n, err := io.ReadFull(response.Body, body); int64(n) < length {
		memory.Release(reserved)
		return nil, err
	}
	return body[:length], nil
}

// newBody returns reserved memory for a body, with room for more bytes that are not counted.
func newBody(size, more int, memory Memory) (body []byte, reserved int, err error) {
	pooled := takeBody(size + more)
	reserved = max(size, len(pooled))
	if err := reserve(memory, reserved); err != nil {
		return nil, 0, err
	}
	if pooled == nil {
		return make([]byte, size+more), reserved, nil
	}
	return pooled[:size+more], reserved, nil
}

// takeBody returns pooled memory of at least a size and at most twice as much, or nil.
func takeBody(size int) []byte {
	if size < minPooledBody {
		return nil
	}
	pooled, _ := bodies.Get().(*[]byte)
	if pooled == nil || len(*pooled) < size || len(*pooled) > 2*size {
		return nil
	}
	return *pooled
}

// recycleBody pools the memory of a body that nothing refers to, neither a decoded value nor an equal call.
func recycleBody(body []byte) {
	if body = body[:cap(body)]; len(body) >= minPooledBody && len(body) <= maxPooledPieces*pieceSize {
		bodies.Put(&body)
	}
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
	body, _, err := newBody(size, 0, memory)
	if err != nil {
		return nil, err
	}
	body = body[:0]
	for _, piece := range read {
		body = append(body, piece[:min(pieceSize, size-len(body))]...)
	}
	return body, nil
}
