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
	switch {
	case err == nil:
		return nil
	case g.presentError(ctx, err).Extensions["code"] == model.CodeUnauthenticated:
		return &refusal{status: http.StatusUnauthorized, err: err}
	}
	return &refusal{status: http.StatusBadGateway, err: err}
}
