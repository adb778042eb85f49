package gateway

import (
	"context"
	"io"
	"net/http"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/rest"
)

// schemaText serves the public schema as text, for people and for tools that generate code from it. It is for whoever
// may introspect.
func (g *Gateway) schemaText() (http.Handler, error) {
	text := view.PublicSDL(generated.NewExecutableSchema(generated.Config{}).Schema())
	return compressed(func(w http.ResponseWriter, r *http.Request) {
		if g.config.Introspection != IntrospectionOn {
			if refused := g.refuseStranger(r); refused != nil {
				g.writeRefusal(w, r, mediaJSON, refused)
				return
			}
		}
		header := w.Header()
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("Cache-Control", "private, no-cache")
		header.Add("Vary", "Authorization, X-Access-Token") // beside what compression says
		header.Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, text)
	})
}

// refuseStranger refuses a request unless mStudio accepts its token, which takes one call.
func (g *Gateway) refuseStranger(r *http.Request) *refusal {
	token, refused := callerToken(r)
	if refused != nil {
		return refused
	}
	seen := recordOf(r.Context())
	seen.caller = token.Fingerprint(g.logKey)
	leave, refused := g.inFlight.enter(r.Context(), seen.caller)
	if refused != nil {
		return refused
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), g.config.OperationTimeout)
	defer cancel()
	client := g.config.Client.WithToken(token).WithRequestID(seen.requestID).WithLimits(rest.Limits{Calls: 1, Parallel: 1})
	_, err := client.Self(ctx)
	seen.calls = client.Calls()
	if err == nil {
		return nil
	}
	return g.refuseFor(ctx, err)
}

// refuseFor is the answer to a request for which mStudio was asked in vain, and of which nothing is left.
func (g *Gateway) refuseFor(ctx context.Context, err error) *refusal {
	presented := g.presentError(ctx, err)
	refused := &refusal{status: http.StatusBadGateway, err: err}
	refused.retryAfter, _ = presented.Extensions["retryAfter"].(int)
	switch presented.Extensions["code"] {
	case model.CodeUnauthenticated:
		refused.status = http.StatusUnauthorized
	case model.CodeForbidden:
		refused.status = http.StatusForbidden
	case model.CodeRateLimited:
		refused.status = http.StatusTooManyRequests
	case model.CodeUpstreamUnavailable:
		refused.status = http.StatusServiceUnavailable
	case model.CodeUpstreamTimeout, model.CodeTimeout:
		refused.status = http.StatusGatewayTimeout
	}
	return refused
}
