package process

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes to out, in the format text or json. The level may change later.
func NewLogger(out io.Writer, level slog.Leveler, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
