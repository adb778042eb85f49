package telemetry

import (
	"bufio"
	"cmp"
	"net"
	"net/http"
)

// ResponseWriter records the status and the size of a response.
type ResponseWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader records the status.
func (w *ResponseWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *ResponseWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController access to the connection.
func (w *ResponseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack takes the connection over. The writer of compressed responses does not use Unwrap for it.
func (w *ResponseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Flush sends what is buffered. The writer of compressed responses does not use Unwrap for it.
func (w *ResponseWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// HasStatus reports whether WriteHeader was called.
func (w *ResponseWriter) HasStatus() bool { return w.status != 0 }

func (w *ResponseWriter) code() int { return cmp.Or(w.status, http.StatusOK) }
