package rest

import "testing"

func TestFileAccessMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "FileAccess", "", readFileAccess, map[string]member[FileAccess]{
		"accessToken": {`"x"`, func(a *FileAccess) { a.Token = FileToken{redact("x")} }},
		"expiresAt":   {`"2026-07-01T09:15:00Z"`, func(a *FileAccess) { a.ExpiresAt = at("2026-07-01T09:15:00Z") }},
	})
}
