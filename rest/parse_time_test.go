package rest

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"0001-01-01T00:00:00.000Z":  {},
		"2024-02-29T23:59:59.999Z":  time.Date(2024, 2, 29, 23, 59, 59, 999_000_000, time.UTC),
		"2026-08-21T11:30:00+02:00": time.Date(2026, 8, 21, 9, 30, 0, 0, time.UTC),
	} {
		if got, ok := parseTime(text); !ok || got != want { // equal in their location, too
			t.Errorf("%s: want %v, got %v, %t", text, want, got, ok)
		}
	}
}

func TestParseTime_Invalid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-08-21T24:00:00.000Z",
		"2026-00-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z", "yesterday", "",
	} {
		if got, ok := parseTime(text); ok {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

// parseUsualTime must return the result of time.Parse or false.
func TestParseUsualTime(t *testing.T) {
	t.Parallel()
	const form = "2006-01-02T15:04:05.000Z"
	random := rand.New(rand.NewPCG(1, 2))
	parsed := 0
	for range 20_000 {
		text := []byte(time.UnixMilli(random.Int64N(251_000_000_000_000) - 11_000_000_000_000).UTC().Format(form)) // years 1621 to 9923
		if random.IntN(2) == 0 {
			text[random.IntN(len(text))] = "0123456789-:T.Z x"[random.IntN(17)]
		}
		got, ok := parseUsualTime(string(text))
		want, err := time.Parse(time.RFC3339, string(text))
		if ok && (err != nil || got != want) { // equal in their location, too
			t.Errorf("%s: got %v, want %v, %v", text, got, want, err)
		}
		if ok {
			parsed++
		}
	}
	if parsed < 10_000 {
		t.Errorf("only %d of 20000 times were parsed", parsed)
	}
}
