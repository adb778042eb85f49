package gateway

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

// landing is what a person sees who opens the gateway's address in a browser. It has no script.
type landing struct {
	page   []byte
	policy string
}

// routesForPeople adds the pages that are opened in a browser.
func (g *Gateway) routesForPeople(mux *http.ServeMux) error {
	page, err := g.newLanding()
	if err != nil {
		return err
	}
	mux.Handle("GET /{$}", page)
	if g.config.Introspection != IntrospectionOff {
		schema, err := g.schemaText()
		if err != nil {
			return err
		}
		mux.Handle("GET /schema.graphql", schema)
	}
	if g.config.Playground != nil {
		mux.Handle("GET /playground", g.config.Playground)
		mux.Handle("GET /playground/", g.config.Playground)
	}
	return nil
}

func (g *Gateway) newLanding() (*landing, error) {
	parsed, err := template.New("landing").Parse(landingText)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := parsed.Execute(&text, map[string]any{
		"Style":      template.CSS(landingStyle), //nolint:gosec // it is our own file
		"Version":    g.config.Version,
		"Playground": g.config.Playground != nil,
		"Subgraph":   g.config.Subgraph,
		"Schema":     string(g.config.Introspection),
		"Tokens":     g.config.DemoTokens,
	}); err != nil {
		return nil, err
	}
	style := sha256.Sum256([]byte(landingStyle))
	return &landing{
		page: []byte(text.String()),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) +
			"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}, nil
}

// ServeHTTP answers with the page. Its links are relative, and hold at /graphql too, and below any prefix.
func (l *landing) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(l.page)))
	header.Set("Content-Security-Policy", l.policy)
	header.Set("Cache-Control", "no-cache")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(l.page) //nolint:gosec // nothing of the request is in it
}
