package process

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLogger(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format string
		level  slog.Level
		want   string
	}{
		{"json", slog.LevelInfo, `{"level":"INFO","msg":"heard"}` + "\n"},
		{"text", slog.LevelInfo, "level=INFO msg=heard\n"},
		{"text", slog.LevelError, ""},
	} {
		var text bytes.Buffer
		NewLogger(&text, test.level, test.format).InfoContext(t.Context(), "heard")
		got := text.String()
		if _, timed, found := strings.Cut(got, "time="); found {
			_, got, _ = strings.Cut(timed, " ")
		}
		if before, after, found := strings.Cut(got, `"time":`); found {
			_, after, _ = strings.Cut(after, ",")
			got = before + after
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", test.format, test.level, diff)
		}
	}
}
