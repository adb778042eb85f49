package process

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"mstudio-graphql/gateway/gatewaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Request records are batched for a limited time. Other records are written at once, in order.
func TestLogBatches(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testLogBatches(t, format) })
		})
	}
}

func testLogBatches(t *testing.T, format string) {
	t.Helper()
	const request = "request"
	out := &gatewaytest.Output{}
	log, flush := NewLogger(out, slog.LevelInfo, format, request)
	log = log.With("a", 1).WithGroup("b")
	log.InfoContext(t.Context(), request, "number", "one")
	time.Sleep(maxLogDelay / 2)
	wantNumbers(t, out)
	log.InfoContext(t.Context(), "secret revealed", "number", "two")
	wantNumbers(t, out, "one", "two")
	log.InfoContext(t.Context(), request, "number", "three")
	time.Sleep(maxLogDelay)
	synctest.Wait()
	wantNumbers(t, out, "one", "two", "three")
	log.InfoContext(t.Context(), request, "number", "four")
	flush()
	wantNumbers(t, out, "one", "two", "three", "four")
}

// wantNumbers reports a difference between the lines of out and numbers.
func wantNumbers(t *testing.T, out *gatewaytest.Output, numbers ...string) {
	t.Helper()
	lines := slices.Collect(strings.Lines(out.String()))
	if len(lines) != len(numbers) {
		t.Fatalf("want %v, got %q", numbers, lines)
	}
	for i, number := range numbers {
		if !strings.Contains(lines[i], number) {
			t.Errorf("want %s, got %s", number, lines[i])
		}
	}
}

// A batch holds at most maxLogBatch bytes.
func TestLogBatch_Size(t *testing.T) {
	t.Parallel()
	out := &gatewaytest.Output{}
	batch := newLogBatch(out)
	line := []byte(strings.Repeat("x", maxLogBatch/4))
	for range 9 {
		if n, err := batch.Write(line); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	if written := len(out.String()); written != 8*len(line) {
		t.Errorf("want %d bytes written and the rest waiting, got %d", 8*len(line), written)
	}
	batch.flush()
	if written := len(out.String()); written != 9*len(line) {
		t.Errorf("want %d bytes, got %d", 9*len(line), written)
	}
}

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
		log, _ := NewLogger(&text, test.level, test.format, "request")
		log.InfoContext(t.Context(), "heard")
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
