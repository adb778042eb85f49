package telemetry

import (
	"context"
	"log/slog"
	"net/http"
)

// Stream is what the access log reports about a stream that has ended.
type Stream struct {
	Reason string // why it has ended
	Events int    // results that were written
	Bytes  int64
}

// Detach observes a stream that may outlive the handler of its request, with the transport sse, multipart or websocket. The
// access log gets one line when the stream ends, instead of one when the handler returns. The caller must call end, and must
// not change the record any more.
func Detach(r *http.Request, status int, transport string) (end func(Stream)) {
	record := RecordOf(r.Context())
	t := record.telemetry
	if t == nil {
		return func(Stream) {}
	}
	record.stream = status
	line, isLogged := t.lineOf(r, record) // without the request, which would hold much memory
	counted := func(string) {}
	if t.metrics != nil {
		counted = t.metrics.StreamStarted(transport)
	}
	return func(ended Stream) { //nolint:contextcheck // the request's context holds the request
		counted(ended.Reason)
		if isLogged {
			t.writeLine(context.Background(), line, status, ended.Bytes,
				slog.String("transport", transport), slog.Int("events", ended.Events), slog.String("reason", ended.Reason))
		}
	}
}
