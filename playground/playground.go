// Package playground serves GraphiQL from embedded files. The page loads nothing from other servers.
//
// The command build.mjs builds the files in dist/; see README.md.
package playground

import (
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
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

// policy limits the page and its workers to their own origin. It allows inline styles because the editor creates them at
// run time, and data: fonts because the style sheet contains them.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Config configures the initial state of the page.
type Config struct {
	// Schema is who may read the schema: "on", "authenticated" or "off".
	Schema string `json:"schema"`
	// Token is the initial token. It must not be a secret, because it is in the page. If it is empty, the user enters one.
	Token string `json:"token,omitempty"`
	// Tabs are the initial tabs.
	Tabs []Tab `json:"tabs"`
}

// Tab holds one operation.
type Tab struct {
	// Query is the text of the operation.
	Query string `json:"query"`
	// Variables is a JSON object. It may be empty.
	Variables string `json:"variables"`
}

// Welcome returns the operation of the first tab. Its comments explain the page, and every caller can run it.
func Welcome() Tab { return Tab{Query: welcome} }

// Playground serves the page and its assets.
type Playground struct {
	assets map[string]asset
	page   []byte
}

// asset is a file in dist, compressed with gzip.
type asset struct {
	contentType string
	compressed  []byte
}

// New returns a handler for GET and HEAD requests of the page at root, for example "/playground", and of the assets below
// it. The page expects /graphql and /schema.graphql beside root.
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
		w.Header().Set("Location", "../"+path.Base(root)) // http.Redirect would make the URL absolute
		w.WriteHeader(http.StatusPermanentRedirect)
	})
	// The version is a hash of the assets, so that clients may cache them forever.
	mux.HandleFunc("GET "+root+"/"+version+"/{name}", p.serveAsset)
	return mux, nil
}

// loadAssets returns the assets by name, and a hash of all of them.
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

// typeOf returns the content type of an asset. It does not use package mime, because the system's tables may differ.
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
	return "", fmt.Errorf("playground: unknown file type of %s: %w", name, fs.ErrInvalid)
}

func render(assets string, config Config) ([]byte, error) {
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

// secure sets the security headers of the page and its assets. A worker obeys the policy in the response for its script.
func secure(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// acceptsGzip reports whether Accept-Encoding accepts gzip, by name or by "*".
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
		http.Error(w, "The embedded file is corrupt.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, plain) //nolint:gosec // an embedded file
}
