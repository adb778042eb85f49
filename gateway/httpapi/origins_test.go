package httpapi_test

import (
	"testing"

	"mstudio-graphql/gateway/httpapi"
)

func TestAllowsOrigin(t *testing.T) {
	t.Parallel()
	allowed := []string{"https://portal.example.com", "https://*.preview.example.app", "https://pr-*-web.example.app:8443"}
	for origin, want := range map[string]bool{
		"https://portal.example.com":        true,
		"https://Portal.example.com":        true,
		"https://pr-7.preview.example.app":  true,
		"https://pr-7-web.example.app:8443": true,
		"":                                  false,
		"null":                              false,
		"*":                                 false,
		"https://*.preview.example.app":     false,
		"https://preview.example.app":       false,
		"https://.preview.example.app":      false,
		"https://a.b.preview.example.app":   false, // two labels
		"https://pr.preview.example.app.evil.example":    false,
		"https://evil.example/.preview.example.app":      false,
		"https://evil.example?.preview.example.app":      false,
		"https://evil.example#.preview.example.app":      false,
		"https://evil.example@.preview.example.app":      false,
		"https://evil.example:1.preview.example.app":     false,
		"https://evil.example\\.preview.example.app":     false,
		"https://evil_example.preview.example.app":       false,
		"http://pr-7.preview.example.app":                false,
		"https://pr-7.preview.example.app:8443":          false,
		"https://pr-web.example.app:8443":                false, // the pattern needs both dashes
		"https://pr--web.example.app:8443":               false,
		"https://pr-7-web.example.app":                   false,
		"https://portal.example.com https://example.com": false,
	} {
		if got := httpapi.AllowsOrigin(allowed, origin); got != want {
			t.Errorf("%q: %v", origin, got)
		}
	}
}
