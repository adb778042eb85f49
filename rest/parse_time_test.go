package rest

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The quick way must say what the standard library says, or nothing.
func TestUsualTimes(t *testing.T) {
	t.Parallel()
	const form = "2006-01-02T15:04:05.000Z"
	random := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 20_000 {
		text := []byte(time.UnixMilli(random.Int64N(251_000_000_000_000) - 11_000_000_000_000).UTC().Format(form)) // years 1621 to 9923
		if random.IntN(2) == 0 {
			text[random.IntN(len(text))] = "0123456789-:T.Z x"[random.IntN(17)]
		}
		got, ok := parseUsual(string(text))
		want, err := time.Parse(time.RFC3339, string(text))
		if ok && (err != nil || got != want) { // not only the same time, but written in the same way
			t.Errorf("%s: got %v, want %v, %v", text, got, want, err)
		}
		if ok {
			read++
		}
	}
	if read < 10_000 {
		t.Errorf("only %d of 20000 were read the quick way", read)
	}
	for _, text := range []string{"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-08-21T24:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z"} {
		if _, ok := parseTime(text); ok {
			t.Errorf("%s was read", text)
		}
	}
	if point, ok := parseUsual("0001-01-01T00:00:00.000Z"); !ok || !point.Equal(time.Time{}) {
		t.Errorf("got %v, %t for the first second there is", point, ok)
	}
	if point, ok := parseTime("2024-02-29T23:59:59.999Z"); !ok || !point.Equal(time.Date(2024, 2, 29, 23, 59, 59, 999_000_000, time.UTC)) {
		t.Errorf("got %v, %t", point, ok)
	}
}
