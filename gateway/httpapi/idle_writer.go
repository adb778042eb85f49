package httpapi

import (
	"errors"
	"net/http"
	"time"
)

// pieceSize is the size of the pieces that a client must read one by one, in bytes.
const pieceSize = 64 << 10

// IdleTimeoutWriter writes with a timeout for each piece instead of one for the whole response.
type IdleTimeoutWriter struct {
	http.ResponseWriter

	controller *http.ResponseController
	timeout    time.Duration
}

// NewIdleTimeoutWriter returns a writer that gives the client this time for each piece.
func NewIdleTimeoutWriter(w http.ResponseWriter, timeout time.Duration) *IdleTimeoutWriter {
	return &IdleTimeoutWriter{w, http.NewResponseController(w), timeout}
}

// Write fails if the client does not accept a piece of p in time.
func (w *IdleTimeoutWriter) Write(p []byte) (written int, err error) {
	for {
		if err := w.controller.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return written, err
		}
		n, err := w.ResponseWriter.Write(p[:min(len(p), pieceSize)])
		written += n
		if p = p[n:]; err != nil || len(p) == 0 {
			return written, err
		}
	}
}
