package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rs/cors"

	"mstudio-graphql/gateway/httpapi"
)

const preflightAge = 10 * time.Minute

// cors lets pages of the configured origins call from a browser. Without any, nothing is said about CORS, and
// browsers refuse; the library's own default would admit every origin. Cookies are never involved.
func (g *Gateway) cors(next http.Handler) http.Handler {
	if len(g.config.CORSOrigins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: g.config.CORSOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{
			"Content-Type", "Authorization", "X-Access-Token", httpapi.RequestIDHeader, httpapi.ExplainHeader, httpapi.EventReachedHeader,
			"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With",
			"Traceparent", "Tracestate", // pages whose traces are recorded send both with everything
			"Range", "If-Range", // of files
		},
		ExposedHeaders: []string{httpapi.RequestIDHeader, httpapi.EventIDHeader, "Retry-After", "Content-Disposition", "Content-Range"},
		MaxAge:         int(preflightAge / time.Second),
	}).Handler(next)
}

// corsForFiles answers what browsers ask before they fetch a file for a page: the route of files is for GET alone.
func (g *Gateway) corsForFiles(mux *http.ServeMux) {
	if len(g.config.CORSOrigins) == 0 {
		return
	}
	mux.Handle("OPTIONS /files/{link}", g.cors(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		httpapi.WriteText(w, http.StatusMethodNotAllowed, "Use GET.\n")
	})))
}

// IsOrigin reports whether text is what a browser sends as Origin: a scheme and a host. One with a wildcard in any place
// is none: it would let pages that nobody has named use a token that they have got hold of.
func IsOrigin(text string) bool {
	origin, err := url.Parse(text)
	return err == nil && origin.Host != "" && (origin.Scheme == "https" || origin.Scheme == "http") &&
		origin.Scheme+"://"+origin.Host == text && !strings.Contains(text, "*")
}

// checkOrigins reports the first of them that is none.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if !IsOrigin(origin) {
			return fmt.Errorf("gateway: the origin %q must be a scheme and a host, such as https://portal.example.com", origin)
		}
	}
	return nil
}
