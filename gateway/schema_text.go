package gateway

import (
	"context"
	"io"
	"net/http"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/rest"
)

// schemaText serves the public schema as text, for people and for tools that generate code from it. It is for whoever
// may introspect.
func (g *Gateway) schemaText() (http.Handler, error) {
	text := view.PublicSDL(generated.NewExecutableSchema(generated.Config{}).Schema())
	return httpapi.Compress(func(w http.ResponseWriter, r *http.Request) {
		if g.config.Introspection != IntrospectionOn {
			if refused := g.refuseStranger(r); refused != nil {
				g.writeError(w, r, httpapi.MediaJSON, refused)
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
func (g *Gateway) refuseStranger(r *http.Request) *httpapi.Error {
	token, refused := httpapi.Token(r)
	if refused != nil {
		return refused
	}
	record := telemetry.RecordOf(r.Context())
	record.Caller = token.Fingerprint(g.logKey)
	release, refused := acquire(r.Context(), g.slots, record.Caller)
	if refused != nil {
		return refused
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.Context(), g.config.OperationTimeout)
	defer cancel()
	client := g.config.Client.WithToken(token).WithRequestID(record.RequestID).WithLimits(rest.Limits{Calls: 1, Parallel: 1})
	_, err := client.Self(ctx)
	record.Calls = client.Calls()
	if err == nil {
		return nil
	}
	return g.refuseFor(ctx, err)
}

// refuseFor is the answer to a request for which mStudio was asked in vain, and of which nothing is left.
func (g *Gateway) refuseFor(ctx context.Context, err error) *httpapi.Error {
	presented := g.presentError(ctx, err)
	refused := &httpapi.Error{Status: http.StatusBadGateway, Err: err}
	refused.RetryAfter, _ = presented.Extensions["retryAfter"].(int)
	switch presented.Extensions["code"] {
	case model.CodeUnauthenticated:
		refused.Status = http.StatusUnauthorized
	case model.CodeForbidden:
		refused.Status = http.StatusForbidden
	case model.CodeRateLimited:
		refused.Status = http.StatusTooManyRequests
	case model.CodeUpstreamUnavailable:
		refused.Status = http.StatusServiceUnavailable
	case model.CodeUpstreamTimeout, model.CodeTimeout:
		refused.Status = http.StatusGatewayTimeout
	}
	return refused
}
