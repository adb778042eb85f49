package main

import (
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
)

// The lines of requests wait for others, but for nothing else, and not for long.
func TestLogInBatches(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			out := newOutput()
			log, flush := mustParse(t, "--log-format="+format).newLogger(out)
			log = log.With("a", 1).WithGroup("b")
			log.InfoContext(t.Context(), gateway.RequestMessage, "number", "one")
			if out.String() != "" {
				t.Errorf("is written at once: %s", out)
			}
			log.InfoContext(t.Context(), "secret revealed", "number", "two")
			if lines := strings.Split(out.String(), "\n"); len(lines) != 3 || !strings.Contains(lines[0], "one") || !strings.Contains(lines[1], "two") {
				t.Errorf("both should be there, in order: %s", out)
			}
			log.InfoContext(t.Context(), gateway.RequestMessage, "number", "three")
			for deadline := time.Now().Add(30 * time.Second); !strings.Contains(out.String(), "three"); {
				if time.Now().After(deadline) {
					t.Fatalf("a line that nothing follows is not written: %s", out)
				}
				time.Sleep(maxLogDelay / 10)
			}
			log.InfoContext(t.Context(), gateway.RequestMessage, "number", "four")
			flush()
			if lines := strings.Split(out.String(), "\n"); len(lines) != 5 || !strings.Contains(lines[3], "four") {
				t.Errorf("the last one is missing: %s", out)
			}
		})
	}
}

// However many requests there are, only so much waits.
func TestLogBatchIsBounded(t *testing.T) {
	t.Parallel()
	out := newOutput()
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
