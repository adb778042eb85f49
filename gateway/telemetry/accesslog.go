package telemetry

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/rest"
)

// LogReveal logs that the caller has read a secret in a message, without its value. It is the only record with IDs of objects,
// because an audit must find the secret again. The log level does not apply to it.
func (t *Telemetry) LogReveal(ctx context.Context, message rest.MessageHead) {
	record := RecordOf(ctx)
	line := slog.NewRecord(time.Now(), slog.LevelInfo, "secret revealed", 0)
	line.AddAttrs(
		slog.String("requestId", record.RequestID),
		slog.String("caller", record.Caller),
		slog.String("clientAddress", record.address),
		slog.String("conversationId", shortText(message.ConversationID)),
		slog.String("messageId", shortText(message.ID)),
		slog.String("path", graphql.GetPath(ctx).String()))
	_ = t.log.Handler().Handle(ctx, line) // slog.Logger also ignores this error
}

// requestLine holds the values of a line of the access log, without the request.
type requestLine struct {
	level                     slog.Level
	method, route             string
	clientName, clientVersion string
	record                    *Record
}

// lineOf returns false if the request is not logged.
func (t *Telemetry) lineOf(r *http.Request, record *Record) (line requestLine, ok bool) {
	level := levelOf(r)
	if !t.log.Handler().Enabled(r.Context(), level) {
		return requestLine{}, false
	}
	name, version := httpapi.Client(r.Header)
	return requestLine{level, knownMethod(r.Method), routeOf(r), shortText(name), shortText(version), record}, true
}

func (t *Telemetry) logRequest(r *http.Request, record *Record, w *ResponseWriter) {
	if line, ok := t.lineOf(r, record); ok {
		t.writeLine(r.Context(), line, w.code(), w.bytes)
	}
}

// writeLine writes a line. More attributes follow those of every request.
func (t *Telemetry) writeLine(ctx context.Context, of requestLine, status int, bytes int64, more ...slog.Attr) {
	record := of.record
	duration := time.Since(record.start)
	// slog.Logger would determine the source line, which is the same for every record.
	line := slog.NewRecord(time.Now(), of.level, "request", 0)
	line.AddAttrs(
		slog.String("requestId", record.RequestID),
		slog.String("method", of.method),
		slog.String("route", of.route),
		slog.Int("status", status),
		slog.Int64("bytes", bytes),
		slog.Float64("durationMs", float64(duration.Microseconds())/1000),
		slog.String("caller", record.Caller),
		slog.String("clientAddress", record.address),
		slog.String("operation", record.operation),
		slog.Int("upstreamCalls", record.Usage.Calls),
		slog.Int("errors", len(record.codes)))
	codes := slices.Compact(slices.Sorted(slices.Values(record.codes)))
	for _, optional := range [...]slog.Attr{
		slog.String("codes", strings.Join(codes, ",")),
		slog.String("reasons", record.allReasons()),
		slog.String("clientName", of.clientName),
		slog.String("clientVersion", of.clientVersion),
		slog.String("traceId", record.traceID),
	} {
		if optional.Value.String() != "" {
			line.AddAttrs(optional)
		}
	}
	if waited := record.Usage.Waited; waited > 0 {
		line.AddAttrs(slog.Float64("waitedMs", float64(waited.Microseconds())/1000))
	}
	line.AddAttrs(more...)
	_ = t.log.Handler().Handle(ctx, line) // slog.Logger also ignores this error
}

// levelOf returns the level of a request's record. Probes are frequent and usually uninteresting.
func levelOf(r *http.Request) slog.Level {
	switch routeOf(r) {
	case "/healthz", "/readyz":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// routeOf returns the path pattern that a request matched, without a slash at its end, or "none".
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	path := strings.TrimSuffix(r.Pattern[strings.IndexByte(r.Pattern, ' ')+1:], "{$}")
	return cmp.Or(strings.TrimSuffix(path, "/"), "/")
}

// knownMethod returns "other" for nonstandard methods so that clients cannot inject text into the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}
