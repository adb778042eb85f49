// Package pages serves the pages that a browser opens: the landing page and the schema as text.
package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed landing.html
var landingText string

//go:embed landing.css
var landingStyle string

// Landing is the content of the landing page.
type Landing struct {
	// Version is the version of the gateway. Empty means that the page shows none.
	Version string
	// Playground and Subgraph report whether the gateway serves these routes.
	Playground, Subgraph bool
	// Schema is who may read the schema: "on", "authenticated" or "off".
	Schema string
	// Tokens are shown to everyone.
	Tokens []DemoToken
}

// DemoToken is a public token of a caller with invented data.
type DemoToken struct {
	Token string
	// About describes in a few words what the caller can read.
	About string
}

// landing serves the rendered page.
type landing struct {
	page   []byte
	policy string
}

// NewLanding returns a handler for the landing page. The page has no script, and its links are relative, so that they
// work below any path prefix.
func NewLanding(content Landing) (http.Handler, error) {
	parsed, err := template.New("landing").Parse(landingText)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := parsed.Execute(&text, struct {
		Landing

		Style template.CSS
	}{content, template.CSS(landingStyle)}); err != nil { //nolint:gosec // our own file
		return nil, err
	}
	style := sha256.Sum256([]byte(landingStyle))
	return &landing{
		page: []byte(text.String()),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) +
			"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}, nil
}

// ServeHTTP serves the page.
func (l *landing) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(l.page)))
	header.Set("Content-Security-Policy", l.policy)
	header.Set("Cache-Control", "no-cache")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(l.page)
}
