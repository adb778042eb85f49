package gateway

import (
	"net/http"
	"time"

	"github.com/rs/cors"
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
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{
			"Content-Type", "Authorization", "X-Access-Token", requestIDHeader, explainHeader, eventReachedHeader,
			"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With",
		},
		ExposedHeaders: []string{requestIDHeader, eventIDHeader},
		MaxAge:         int(preflightAge / time.Second),
	}).Handler(next)
}
