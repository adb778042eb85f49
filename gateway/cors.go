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
		// The library's own patterns match several labels.
		AllowOriginFunc: func(origin string) bool { return httpapi.AllowsOrigin(config.CORSOrigins, origin) },
		AllowedMethods:  []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders:  headers,
		ExposedHeaders: []string{
			httpapi.RequestIDHeader, httpapi.EventIDHeader, "Retry-After", "RateLimit", "RateLimit-Policy",
			"Content-Disposition", "Content-Range", "Accept-Ranges", "ETag", // files
		},
		MaxAge: int(preflightAge / time.Second),
	}).Handler(next)
}

// IsOrigin reports whether text is a valid Origin header: a scheme and a host.
func IsOrigin(text string) bool {
	origin, err := url.Parse(text)
	return err == nil && origin.Host != "" && (origin.Scheme == "https" || origin.Scheme == "http") &&
		origin.Scheme+"://"+origin.Host == text && !strings.Contains(text, "*")
}

// IsOriginPattern reports whether text is an origin whose first label may contain one *, such as https://*.example.app. The rest
// must be a domain, because pages of any site could otherwise use a token that they have obtained.
func IsOriginPattern(text string) bool {
	before, after, isPattern := strings.Cut(text, "*")
	_, label, ofScheme := strings.Cut(before, "://")
	_, domain, isFirst := strings.Cut(after, ".")
	parent, _, hasParent := strings.Cut(domain, ".")
	return IsOrigin(text) || isPattern && ofScheme && isFirst && hasParent && parent != "" && !strings.Contains(label, ".") && IsOrigin(before+"x"+after)
}

// checkOrigins reports the first invalid origin.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if !IsOriginPattern(origin) {
			return fmt.Errorf("gateway: the origin %q must be a scheme and a host, such as https://portal.example.com or https://*.example.app", origin)
		}
	}
	return nil
}
