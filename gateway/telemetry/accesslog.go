package telemetry

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
)

// RequestMessage is the message of the access log's records.
const RequestMessage = "request"

// maxOperationName is the maximum length of a logged operation name in bytes. Names are ASCII.
const maxOperationName = 64

// Record collects what the access log and the metrics report about one request. It holds no document, variable or
// token.
type Record struct {
	RequestID string
	Caller    string // fingerprint of the token
	Calls     int    // upstream calls

	operation string   // the name chosen by the client, truncated
	codes     []string // of the errors in the response
	traceID   string   // "" without traces
	accepted  atomic.Bool
}

type recordKey struct{}

// RecordOf returns the record of the request. If ctx has no record, it returns a new, unused one.
func RecordOf(ctx context.Context) *Record {
	if found, ok := ctx.Value(recordKey{}).(*Record); ok {
		return found
	}
	return &Record{}
}

// SetOperation records the operation's name.
func (r *Record) SetOperation(name string) { r.operation = name[:min(len(name), maxOperationName)] }

// AddErrors records the errors of the response.
func (r *Record) AddErrors(errs gqlerror.List) {
	for _, err := range errs {
		r.codes = append(r.codes, fmt.Sprint(err.Extensions["code"]))
	}
}

// LogReveal logs that the caller has read a secret: the path of the field, without its value.
func (t *Telemetry) LogReveal(ctx context.Context) {
	record := RecordOf(ctx)
	t.log.LogAttrs(ctx, slog.LevelInfo, "secret revealed",
		slog.String("requestId", record.RequestID),
		slog.String("caller", record.Caller),
		slog.String("path", graphql.GetPath(ctx).String()))
}

func (t *Telemetry) logRequest(r *http.Request, record *Record, w *ResponseWriter, duration time.Duration) {
	ctx, log := r.Context(), t.log.Handler()
	if !log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	// slog.Logger would determine the source line, which is the same for every record.
	line := slog.NewRecord(time.Now(), slog.LevelInfo, RequestMessage, 0)
	line.AddAttrs(
		slog.String("requestId", record.RequestID),
		slog.String("method", knownMethod(r.Method)),
		slog.String("route", r.Pattern),
		slog.Int("status", w.code()),
		slog.Int64("bytes", w.bytes),
		slog.Duration("duration", duration),
		slog.String("caller", record.Caller),
		slog.String("operation", record.operation),
		slog.Int("upstreamCalls", record.Calls),
		slog.Int("errors", len(record.codes)))
	if record.traceID != "" {
		line.AddAttrs(slog.String("traceId", record.traceID))
	}
	_ = log.Handle(ctx, line) // slog.Logger also ignores this error
}

// requestID returns the X-Request-Id of the proxy in front if it is short and plain, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get(httpapi.RequestIDHeader); isPlainID(id) {
		return id
	}
	return newRequestID()
}

// newRequestID returns a random UUID. It need not be unpredictable, and crypto/rand takes longer than reading a
// request's headers.
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

func isPlainID(id string) bool {
	return id != "" && len(id) <= maxRequestID && strings.Trim(id, plainLetters) == ""
}

// knownMethod returns "other" for nonstandard methods so that clients cannot inject text into the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

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

// HasStatus reports whether WriteHeader was called.
func (w *ResponseWriter) HasStatus() bool { return w.status != 0 }

func (w *ResponseWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
