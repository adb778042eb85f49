package rest

import (
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
		"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-08-21T24:00:00.001Z",
		"2026-00-01T00:00:00.000Z", "2026-01-00T00:00:00.000Z", "yesterday", "",
		"2026-08-21T09:30:61Z", "2026-08-21T09:60Z", "2026-08-21T25:00Z", "2026-08-21T9", "2026-08-21T09", "2026-08-2109:30:00Z",
		"2026-0821", "2026-08-21T09:30:00+", "2026-08-21T09:30:00+24:00", "2026-08-21T09:30:00+02:60", "2026-08-21T09:30:00+020",
		"2026-08-21T09:30:00+02:", "2026-08-21T09:30:00CEST", "2026-08-21T09:30:00[Europe/Berlin]", "2026-08-21T09:30:00.Z",
		"2026-08-21T09:30:00Z[UTC", "2026-08-21T09:30:00Zulu", "+2026-08-21T09:30:00Z", "12026-08-21T09:30:00Z", "21.08.2026", "08/21/2026",
		"Fri, 21 Aug 2026 11:30:00 CEST", "2026-08", "0x1p3", "1e", "1e999", "1_787_304_600", "1787304600.x", "--1", "inf", "NaN",
		"٢٠٢٦-08-21",
	} {
		if got, ok := parseTime(text); ok {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestParseTime_Notations(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 8, 21, 9, 30, 0, 0, time.UTC)
	for _, text := range []string{
		"2026-08-21T09:30:00Z", "2026-08-21t09:30:00z", "2026-08-21T09:30:00.0Z", "2026-08-21T09:30:00,000Z", "2026-08-21T09:30:00.0000000000Z",
		"2026-08-21T11:30:00+02:00", "2026-08-21T11:30:00+0200", "2026-08-21T11:30:00+02", "2026-08-21T04:00:00-0530", "2026-08-21T09:30:00-00:00",
		"2026-08-21 09:30:00", "2026-08-21 09:30:00 UTC", "2026-08-21 11:30:00 +0200", "2026-08-21_09:30:00Z", "2026-08-21T09:30:00", " 2026-08-21T09:30:00Z\n",
		"2026-08-21T09:30Z", "2026-08-21T09:30", "2026-08-21T11:30+02", "2026-08-21T9:30:00Z", "2026-08-21T09:29:60Z",
		"20260821T093000Z", "20260821t113000+0200", "20260821T0930", "20260821093000", "20260821T09:30:00Z", "2026-08-21T093000Z",
		"2026-08-21T09:30:00Z[UTC]", "2026-08-21T11:30:00+02:00[Europe/Berlin]",
		"Fri, 21 Aug 2026 09:30:00 GMT", "Fri, 21 Aug 2026 09:30:00 UTC", "Fri, 21 Aug 2026 11:30:00 +0200",
		"1787304600", "1787304600.0", "1787304600.000000000", "1.7873046E9", "1.7873046e+09", "1787304600000", "1.7873046e12", "1787304600000000",
	} {
		if got, ok := parseTime(text); !ok || got != want {
			t.Errorf("%s: want %v, got %v, %t", text, want, got, ok)
		}
	}
}

func TestParseTime_Limits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-08-21T24:00:00Z":              time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC),
		"2026-12-31T23:59:60Z":              time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		"20260821":                          time.Date(2026, 8, 21, 0, 0, 0, 0, time.UTC),
		"2024-02-29":                        time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"1787304600.125":                    time.Date(2026, 8, 21, 9, 30, 0, 125_000_000, time.UTC),
		"1787304600.123456789":              time.Date(2026, 8, 21, 9, 30, 0, 123_456_789, time.UTC),
		"1787304600.1234567899":             time.Date(2026, 8, 21, 9, 30, 0, 123_456_789, time.UTC),
		"1.787304600125E9":                  time.Date(2026, 8, 21, 9, 30, 0, 125_000_000, time.UTC),
		"1787304600125.5":                   time.Date(2026, 8, 21, 9, 30, 0, 125_500_000, time.UTC),
		"1787304600125250":                  time.Date(2026, 8, 21, 9, 30, 0, 125_250_000, time.UTC),
		"-0.5":                              time.Unix(0, -500_000_000).UTC(),
		"-1.25":                             time.Unix(-1, -250_000_000).UTC(),
		"-1787304600125":                    time.UnixMilli(-1787304600125).UTC(),
		"981105121200":                      time.UnixMilli(981105121200).UTC(), // not a day of the year 9811
		"12341212":                          time.Unix(12341212, 0).UTC(),
		"99999999999":                       time.Unix(99999999999, 0).UTC(),
		"2026-08-21T09:30:00.1234567890Z":   time.Date(2026, 8, 21, 9, 30, 0, 123_456_789, time.UTC),
		"2026-08-21T23:30:00.5-02:00[Etc/]": time.Date(2026, 8, 22, 1, 30, 0, 500_000_000, time.UTC),
		"Mon, 1 Jun 2026 00:00:00 GMT":      time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got, ok := parseTime(text); !ok || got != want {
			t.Errorf("%s: want %v, got %v, %t", text, want, got, ok)
		}
	}
}

// A parsed time must be the same after printing it, and must agree with time.Parse.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{
		"2026-08-21T09:30:00.125Z", "20260821T093000Z", "2026-08-21 11:30 +0200", "1787304600.125", "1.7e9", "-5",
		"Fri, 21 Aug 2026 09:30:00 GMT", "2026-08-21T11:30:00+02:00[Europe/Berlin]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		point, ok := parseTime(text)
		if !ok {
			return
		}
		printed := point.Format(time.RFC3339Nano)
		if again, ok := parseTime(printed); !ok || again != point {
			t.Errorf("%q is %s, which is %v, %t", text, printed, again, ok)
		}
		if want, err := time.Parse(time.RFC3339, text); err == nil && !want.Equal(point) {
			t.Errorf("%q: got %s, want %s", text, printed, want)
		}
	})
}
