package process

import (
	"log/slog"

	"github.com/go-logr/logr"
)

// tracingLog takes what OpenTelemetry says of its own mistakes, which it would print to standard error otherwise. Only
// the message is passed on: values and errors repeat the variables, and one of those holds the collector's credentials.
type tracingLog struct{ log *slog.Logger }

// Init is part of logr.LogSink.
func (tracingLog) Init(logr.RuntimeInfo) {}

// Enabled says that nothing is wanted but errors, for which it is not asked.
func (tracingLog) Enabled(int) bool { return false }

// Info is part of logr.LogSink.
func (tracingLog) Info(int, string, ...any) {}

// Error passes a message on.
func (l tracingLog) Error(_ error, message string, _ ...any) {
	l.log.Warn("OpenTelemetry cannot read one of its variables", slog.String("about", message))
}

// WithValues is part of logr.LogSink.
func (l tracingLog) WithValues(...any) logr.LogSink { return l }

// WithName is part of logr.LogSink.
func (l tracingLog) WithName(string) logr.LogSink { return l }
