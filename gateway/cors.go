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

// describe adds a response to OPTIONS for a path that pages of the configured origins may call.
func (p *parts) describe(mux *http.ServeMux, path, methods string) {
	mux.Handle("OPTIONS "+path, withCORS(p.config, allow(methods)))
}

// allow returns the handler of OPTIONS for a path. It needs no token.
func allow(methods string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", methods)
		w.WriteHeader(http.StatusNoContent)
	})
}

// withCORS allows pages of the origins to call next from a browser. Without origins, it sends no CORS headers, because
// the library's default would allow every origin.
//
// Pages may send any header unless the operator lists them: tracing libraries and GraphQL clients add their own, and
// the token that grants access is a header of the page. Credentials of the browser, such as cookies, are never allowed.
func withCORS(config Config, next http.Handler) http.Handler {
	if len(config.CORSOrigins) == 0 {
		return next
	}
	headers := []string{"*"}
	if len(config.CORSHeaders) > 0 {
		headers = append([]string{
			"Content-Type", "Authorization", "X-Access-Token", httpapi.RequestIDHeader, httpapi.ExplainHeader, httpapi.PriorityHeader, httpapi.EventReachedHeader,
			"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With",
			"Range", "If-Range", // files
		}, config.CORSHeaders...)
	}
	return cors.New(cors.Options{
		AllowedOrigins: config.CORSOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: headers,
		ExposedHeaders: []string{
			httpapi.RequestIDHeader, httpapi.EventIDHeader, "Retry-After", "RateLimit", "RateLimit-Policy",
			"Content-Disposition", "Content-Range", "Accept-Ranges", "ETag", // files
		},
		MaxAge: int(preflightAge / time.Second),
	}).Handler(next)
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
