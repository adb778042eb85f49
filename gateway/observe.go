package gateway

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/rest"
)

// RequestMessage is the message of the record that is written for each request when it has been answered.
const RequestMessage = "request"

// record is what the access log says of one request. It is filled in on the way and written once. It has no room for
// a query, a variable or a token.
type record struct {
	requestID string
	origin    string   // where the client has reached the gateway; not logged
	caller    string   // fingerprint of the token
	operation string   // name that the client gave the operation
	calls     int      // calls of mStudio
	errors    int      // entries in the answer's errors
	traceID   string   // of the operation's span; "" without traces
	codes     []string // of these
	// accepted is whether mStudio has accepted the caller's token, as far as it was asked; not logged.
	accepted atomic.Bool
}

type recordKey struct{}

// recordOf returns the request's record, an unwatched one if there is none.
func recordOf(ctx context.Context) *record {
	if found, ok := ctx.Value(recordKey{}).(*record); ok {
		return found
	}
	return &record{}
}

// observed gives each request an id and writes one access-log line when it is done.
func (g *Gateway) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &record{requestID: requestID(r), origin: originOf(r)}
		w.Header().Set(httpapi.RequestIDHeader, seen.requestID)
		watched := &statusWriter{ResponseWriter: w}
		r = r.WithContext(rest.WithWatch(context.WithValue(r.Context(), recordKey{}, seen), g.upstream))
		if g.tracer != nil {
			r = r.WithContext(withCallersTrace(r.Context(), r.Header))
		}
		defer g.countRequest(r, seen, watched, start)()
		defer func() { g.logRequest(r, seen, watched, time.Since(start)) }()
		defer g.surviving(watched, r)
		next.ServeHTTP(watched, r)
	})
}

func (g *Gateway) logRequest(r *http.Request, seen *record, w *statusWriter, duration time.Duration) {
	ctx, log := r.Context(), g.config.Log.Handler()
	if !log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	// A Logger would look for the line of this call, for nothing: there is one such call.
	line := slog.NewRecord(time.Now(), slog.LevelInfo, RequestMessage, 0)
	line.AddAttrs(
		slog.String("requestId", seen.requestID),
		slog.String("method", knownMethod(r.Method)),
		slog.String("route", r.Pattern),
		slog.Int("status", w.code()),
		slog.Int64("bytes", w.bytes),
		slog.Duration("duration", duration),
		slog.String("caller", seen.caller),
		slog.String("operation", seen.operation),
		slog.Int("upstreamCalls", seen.calls),
		slog.Int("errors", seen.errors))
	if seen.traceID != "" {
		line.AddAttrs(slog.String("traceId", seen.traceID))
	}
	_ = log.Handle(ctx, line) // as a Logger does: there is nowhere to say that the log is gone
}

// requestID takes over an id that the proxy in front has given, if it is short and plain.
func requestID(r *http.Request) string {
	if id := r.Header.Get(httpapi.RequestIDHeader); plainID(id) {
		return id
	}
	return newRequestID()
}

// newRequestID draws a UUID. Nothing is secret about it, so it need not come from the source of secrets, which takes
// longer than the rest of reading a request's headers.
func newRequestID() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], rand.Uint64()) //nolint:gosec // see above
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()) //nolint:gosec // see above
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80   // version 4, variant of RFC 9562
	return id.String()
}

const (
	maxRequestID = 64
	plainLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
)

func plainID(id string) bool {
	return id != "" && len(id) <= maxRequestID && strings.Trim(id, plainLetters) == ""
}

// knownMethod keeps a method that somebody made up out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *statusWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
