package process

import (
	"context"
	"net/http"
)

// closing adds Connection: close to each response that begins after the end of ctx. A client then opens a connection for its
// next request, which a load balancer can send to another replica. Otherwise the request could meet a connection that the
// server closes at that moment. http.Server adds the header only after the delay, and SetKeepAlivesEnabled closes idle
// connections at once.
func closing(ctx context.Context, next http.Handler) http.Handler {
	ended := ctx.Err
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		closing := &closingWriter{w, ended, false}
		next.ServeHTTP(closing, r)
		closing.begin() // for a response without a status and a body
	})
}

// closingWriter adds the header when the response begins.
type closingWriter struct {
	http.ResponseWriter

	ended func() error // not nil after the end
	begun bool
}

// WriteHeader adds the header, except to 101: a WebSocket begins with a Connection header of its own.
func (w *closingWriter) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write adds the header if there was no WriteHeader.
func (w *closingWriter) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController access to the connection.
func (w *closingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *closingWriter) begin() {
	if w.begun {
		return
	}
	w.begun = true
	if w.ended() != nil {
		w.Header().Set("Connection", "close")
	}
}
