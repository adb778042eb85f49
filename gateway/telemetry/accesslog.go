package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// RequestMessage is the message of the access log's records.
const RequestMessage = "request"

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

// knownMethod returns "other" for nonstandard methods so that clients cannot inject text into the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}
