package rest

import (
	"testing"
	"time"
)

func TestFileAccessMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "FileAccess", "", readFileAccess, map[string]member[FileAccess]{
		"accessToken": {`"x"`, func(a *FileAccess) { a.Token = FileToken{redact("x")} }},
		"expiresAt":   {`"2026-07-01T09:15:00Z"`, func(a *FileAccess) { a.ExpiresAt = at("2026-07-01T09:15:00Z") }},
	})
}

// A time in the year 0 counts as absent, as it does elsewhere.
func TestFileAccess_ExpiresInTheYearZero(t *testing.T) {
	t.Parallel()
	access, err := decode([]byte(`{"accessToken":"x","expiresAt":"0000-01-01T00:00:00Z"}`), fileURL, readFileAccess)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "end", time.Time{}, access.ExpiresAt)
}
