package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

func wantEqual[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"onHold": "onHold", "AI_HANDOVER": "AI_HANDOVER", "ai-agent/bot": "ai-agent/bot", "ipv6": "ipv6", "v10": "v10",
		"": missing, "/": missing,
		"a text": other, "läuft": other, "user@example.com": other, "a.b": other, "line\nbreak": other, `quote"`: other,
		"3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11": other, "v100": other, strings.Repeat("a", 41): other, strings.Repeat("a", 40): strings.Repeat("a", 40),
	} {
		if got := label(value); got != want {
			t.Errorf("%q: want %q, got %q", value, want, got)
		}
	}
}

// Each new value is counted every time and logged once, even if many goroutines note it.
func TestDetector_LogsOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var mu sync.Mutex
	counted := map[string]int{}
	detector := New(slog.New(slog.NewJSONHandler(&log, nil)), func(found rest.Drift) {
		mu.Lock()
		defer mu.Unlock()
		counted[fmt.Sprint(found)]++
	})
	var noting sync.WaitGroup
	for range 8 {
		noting.Go(func() {
			for range 10 {
				detector.Note(rest.Drift{Kind: rest.DriftValue, Route: "/conversations", Field: "Conversation.status", Value: "onHold"})
				detector.Note(rest.Drift{Kind: rest.DriftTag, Route: "/m", Field: "Message", Value: "geheim: a1b2c3d4"})
				detector.Note(rest.Drift{Kind: rest.DriftMissing, Route: "/conversations", Field: "Conversation.title"})
			}
		})
	}
	noting.Wait()
	wantEqual(t, "counted", map[string]int{
		"{value /conversations Conversation.status onHold}": 80, "{tag /m Message other}": 80, "{missing /conversations Conversation.title }": 80,
	}, counted)
	logged := map[string]int{}
	for line := range strings.Lines(log.String()) {
		var record struct{ Level, Msg, Kind, Route, Field, Value string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "message", "upstream drift", record.Msg)
		logged[strings.Join([]string{record.Level, record.Kind, record.Route, record.Field, record.Value}, " ")]++
	}
	wantEqual(t, "logged", map[string]int{
		"WARN value /conversations Conversation.status onHold": 1, "WARN tag /m Message other": 1, "WARN missing /conversations Conversation.title ": 1,
	}, logged)
	if strings.Contains(log.String(), "geheim") {
		t.Errorf("the log repeats a text: %s", &log)
	}
}

// The number of labels is bounded, even if every value is new.
func TestDetector_IsBounded(t *testing.T) {
	t.Parallel()
	values, places := map[string]bool{}, map[string]bool{}
	detector := New(slog.New(slog.DiscardHandler), func(found rest.Drift) { values[found.Value], places[found.Field] = true, true })
	letters := "abcdefghijklmnopqrstuvwxyz"
	for i := range 1000 {
		detector.Note(rest.Drift{Kind: rest.DriftValue, Field: "Conversation.status", Value: fmt.Sprintf("new%c%c", letters[i%26], letters[i/26%26])})
	}
	if len(values) != maxValues+1 || !values[other] {
		t.Errorf("%d values are distinguished", len(values))
	}
	for i := range 1000 {
		detector.Note(rest.Drift{Kind: rest.DriftMissing, Field: fmt.Sprint("Conversation.", i)})
	}
	if len(places) > maxPlaces+1 || !places[other] {
		t.Errorf("%d places are distinguished", len(places))
	}
}
