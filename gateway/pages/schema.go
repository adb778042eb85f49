package pages

import (
	"io"
	"net/http"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/view"
)

// NewSchema returns a handler that serves the public part of a schema as text. allow reports whether the client may read it, or
// else writes the response.
func NewSchema(full *ast.Schema, allow func(w http.ResponseWriter, r *http.Request) bool) http.HandlerFunc {
	text := sync.OnceValue(func() string { return view.PublicSDL(full) })
	return func(w http.ResponseWriter, r *http.Request) {
		if !allow(w, r) {
			return
		}
		header := w.Header()
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("Cache-Control", "private, no-cache")
		header.Add("Vary", "Authorization, X-Access-Token") // compression adds Accept-Encoding
		header.Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, text())
	}
}
