package main

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/gateway"
)

// The lines of requests wait for others, but for nothing else, and not for long.
func TestLogInBatches(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testLogInBatches(t, format) })
		})
	}
}

func testLogInBatches(t *testing.T, format string) {
	t.Helper()
	const request = gateway.RequestMessage
	out := newOutput()
	log, flush := mustParse(t, "--log-format="+format).newLogger(out)
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

// wantNumbers wants a line for each of these, and no other.
func wantNumbers(t *testing.T, out *output, numbers ...string) {
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
