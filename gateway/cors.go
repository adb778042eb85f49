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

// withCORS allows pages of the origins to call next from a browser. Without origins, it sends no CORS headers, because
// the library's default would allow every origin. Cookies are never involved.
func withCORS(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{
			"Content-Type", "Authorization", "X-Access-Token", httpapi.RequestIDHeader, httpapi.ExplainHeader, httpapi.EventReachedHeader,
			"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With",
			"Traceparent", "Tracestate", // a page that records traces sends both with every request
			"Range", "If-Range", // files
		},
		ExposedHeaders: []string{httpapi.RequestIDHeader, httpapi.EventIDHeader, "Retry-After", "Content-Disposition", "Content-Range"},
		MaxAge:         int(preflightAge / time.Second),
	}).Handler(next)
}

// corsForFiles adds the preflight route of files, because their route accepts only GET.
func corsForFiles(origins []string, mux *http.ServeMux) {
	if len(origins) == 0 {
		return
	}
	mux.Handle("OPTIONS /files/{link}", withCORS(origins, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		httpapi.WriteText(w, http.StatusMethodNotAllowed, "Use GET.\n")
	})))
}

// IsOrigin reports whether text is a valid Origin header: a scheme and a host. Wildcards are invalid, because they would
// allow pages of unlisted origins to use a token that they have obtained.
func IsOrigin(text string) bool {
	origin, err := url.Parse(text)
	return err == nil && origin.Host != "" && (origin.Scheme == "https" || origin.Scheme == "http") &&
		origin.Scheme+"://"+origin.Host == text && !strings.Contains(text, "*")
}

// checkOrigins reports the first invalid origin.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if !IsOrigin(origin) {
			return fmt.Errorf("gateway: the origin %q must be a scheme and a host, such as https://portal.example.com", origin)
		}
	}
	return nil
}
