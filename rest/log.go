package rest

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// withLog writes one debug record per attempt and reports failures to the context's Trace. The record contains the path
// template but neither the path nor any body.
func withLog(next handler, log *slog.Logger) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		start := time.Now()
		got, err := next(ctx, c)
		traceOf(ctx).failed(ctx, err)
		if log.Enabled(ctx, slog.LevelDebug) {
			log.LogAttrs(ctx, slog.LevelDebug, "upstream call", append(outcome(got, err),
				slog.String("op", c.op()),
				slog.String("requestId", c.session.requestID),
				slog.Float64("durationMs", float64(time.Since(start).Microseconds())/1000))...)
		}
		return got, err
	}
}

func outcome(got *response, err error) []slog.Attr {
	if failure, ok := errors.AsType[*Error](err); ok {
		return []slog.Attr{slog.String("code", string(failure.Code)), slog.String("reason", string(failure.Reason())), slog.Int("status", failure.Status)}
	}
	return []slog.Attr{slog.Int("bytes", len(got.body))}
}
