package process

import (
	"context"
	stdlog "log"
	"log/slog"
	"strings"
)

// CaptureStandardLog sends the output of the standard logger, which net/http uses for its client, to log. Some of these
// lines quote up to 4 KiB of a response, so only their known beginnings are logged.
func CaptureStandardLog(log *slog.Logger) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(libraryLog{log, slog.LevelWarn})
}

// ErrorLog returns a logger for an http.Server that writes to log. Most of these lines are about clients, so their level is
// debug.
func ErrorLog(log *slog.Logger) *stdlog.Logger {
	return stdlog.New(libraryLog{log, slog.LevelDebug}, "", 0)
}

// libraryLog writes a record for each line of a library.
type libraryLog struct {
	log   *slog.Logger
	level slog.Level
}

// Write logs what a line is about and its length.
func (l libraryLog) Write(line []byte) (int, error) {
	l.log.LogAttrs(context.Background(), l.level, "library message", slog.String("about", about(string(line))), slog.Int("bytes", len(line)))
	return len(line), nil
}

// about returns the beginning of a line if it is known to contain no data, or "other".
func about(line string) string {
	for _, known := range []string{
		"Unsolicited response received on idle HTTP channel", // the upstream sent more than it had announced
		"http: Accept error",
		"http: TLS handshake error",
		"http: URL query contains semicolon",
		"http: panic serving",
		"http: proxy error",
		"http: response.Write on hijacked connection",
		"http: response.WriteHeader on hijacked connection",
		"http: superfluous response.WriteHeader call",
	} {
		if strings.HasPrefix(line, known) {
			return known
		}
	}
	return "other"
}
