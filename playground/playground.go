// Package playground serves GraphiQL from files that are part of the program: the page loads nothing from elsewhere.
//
// What is in dist/ is built by build.mjs; see README.md.
package playground

import (
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed dist
var dist embed.FS

//go:embed page.html
var pageText string

//go:embed welcome.graphql
var welcome string

// policy lets the page and its workers load and call what is of their own origin. The editor makes its styles while it
// runs, and the style sheet holds its fonts.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Config is what the page shows at first. Its URLs are relative to the page's own, so that they hold below any prefix.
type Config struct {
	// Endpoint is the URL of the GraphQL API.
	Endpoint string `json:"endpoint"`
	// Schema is the URL of the schema as text, for completion and documentation without a token. Without it the page
	// asks for introspection, with the headers that it has.
	Schema string `json:"schema,omitempty"`
	// Headers are those that each tab starts with, as a JSON object. They are in the page, so they must hold no secret.
	Headers string `json:"headers"`
	// Tabs are the operations that are open at first.
	Tabs []Tab `json:"tabs"`
}

// Tab is an operation.
type Tab struct {
	// Query is its text.
	Query string `json:"query"`
	// Variables is a JSON object, or empty.
	Variables string `json:"variables"`
}

// Welcome returns the operation that a page should open with: it says how to use the page, and runs for every caller.
func Welcome() Tab { return Tab{Query: welcome} }

// Playground serves the page and its files. It is an [http.Handler] for GET and HEAD.
type Playground struct {
	assets map[string]asset
	page   []byte
}

// asset is a file of dist, as it is sent to clients that accept gzip.
type asset struct {
	contentType string
	compressed  []byte
}

// New returns a handler for the page at root, such as "/playground", and for the files below it.
func New(root string, config Config) (http.Handler, error) {
	assets, version, err := loadAssets()
	if err != nil {
		return nil, err
	}
	page, err := render(path.Base(root)+"/"+version+"/", config)
	if err != nil {
		return nil, err
	}
	p := &Playground{assets: assets, page: page}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root, p.servePage)
	mux.HandleFunc("GET "+root+"/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "../"+path.Base(root)) // http.Redirect would make it absolute
		w.WriteHeader(http.StatusPermanentRedirect)
	})
	// The files never change below a path that names what they hold.
	mux.HandleFunc("GET "+root+"/"+version+"/{name}", p.serveAsset)
	return mux, nil
}

// loadAssets returns the files by their names, and a name for what all of them hold.
func loadAssets() (assets map[string]asset, version string, err error) {
	entries, err := dist.ReadDir("dist")
	if err != nil {
		return nil, "", err
	}
	assets, sum := map[string]asset{}, sha256.New()
	for _, entry := range entries {
		compressed, err := dist.ReadFile("dist/" + entry.Name())
		if err != nil {
			return nil, "", err
		}
		name := strings.TrimSuffix(entry.Name(), ".gz")
		contentType, err := typeOf(name)
		if err != nil {
			return nil, "", err
		}
		assets[name] = asset{contentType, compressed}
		_, _ = fmt.Fprintln(sum, name, len(compressed))
		_, _ = sum.Write(compressed)
	}
	return assets, hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// typeOf does not ask the system, which may have tables of its own.
func typeOf(name string) (string, error) {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".ttf":
		return "font/ttf", nil
	case ".txt":
		return "text/plain; charset=utf-8", nil
	}
	return "", fmt.Errorf("playground: %s is of no known type: %w", name, fs.ErrInvalid)
}

func render(assets string, config Config) ([]byte, error) {
	if !json.Valid([]byte(config.Headers)) {
		return nil, errors.New("playground: the headers are not JSON")
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	err = page.Execute(&text, map[string]any{"Assets": assets, "Settings": config})
	return []byte(text.String()), err
}

func (p *Playground) servePage(w http.ResponseWriter, _ *http.Request) {
	secure(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.page)))
	_, _ = w.Write(p.page)
}

func (p *Playground) serveAsset(w http.ResponseWriter, r *http.Request) {
	found, ok := p.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	secure(w.Header())
	w.Header().Set("Content-Type", found.contentType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header) {
		sendPlain(w, found.compressed)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(len(found.compressed)))
	_, _ = w.Write(found.compressed)
}

// secure sets what is the same for the page and for its files: workers obey the policy that they come with.
func secure(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// acceptsGzip reports whether the client names gzip, or anything, and does not rule it out.
func acceptsGzip(header http.Header) bool {
	weights := map[string]float64{}
	for element := range strings.SplitSeq(strings.Join(header.Values("Accept-Encoding"), ","), ",") {
		coding, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		weights[coding] = 1
		if weight, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
			weights[coding] = weight
		}
	}
	if weight, named := weights["gzip"]; named {
		return weight > 0
	}
	return weights["*"] > 0
}

func sendPlain(w http.ResponseWriter, compressed []byte) {
	plain, err := gzip.NewReader(strings.NewReader(string(compressed)))
	if err != nil {
		http.Error(w, "The file is damaged.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, plain) //nolint:gosec // it is our own file, not an upload
}
