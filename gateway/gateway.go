// Package gateway serves GraphQL over HTTP in front of mStudio's REST API, for many callers with their own tokens.
//
//	client, err := rest.New(rest.Config{})
//	handler, err := gateway.New(gateway.Config{Client: client})
//	http.ListenAndServe("127.0.0.1:8080", handler)
//
// An operation passes through endpoint.go, operation.go and prepare.go, and then through package render.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/pages"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/internal/defaults"
)

// Gateway serves the API. It is an [http.Handler] and safe for concurrent use.
type Gateway struct {
	telemetry *telemetry.Telemetry
	presenter presenter
	handler   http.Handler
	health    health
	running   atomic.Int64 // requests
}

// New returns a Gateway. It does not call mStudio.
func New(config Config) (*Gateway, error) {
	if config.Client == nil {
		return nil, errors.New("gateway: a client is required")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if err := defaults.Set(&config); err != nil {
		return nil, err
	}
	if err := errors.Join(config.Introspection.check(), checkOrigins(config.CORSOrigins)); err != nil {
		return nil, err
	}
	shared, err := newParts(config)
	if err != nil {
		return nil, err
	}
	g := &Gateway{telemetry: shared.telemetry, presenter: shared.presenter}
	g.handler, err = shared.routes(&g.health)
	return g, err
}

// ServeHTTP handles a request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.running.Add(1)
	defer g.running.Add(-1)
	observed, r, end := g.telemetry.Begin(w, r)
	defer end()
	defer g.presenter.recoverHandler(observed, r)
	g.handler.ServeHTTP(observed, r)
}

// Wait returns when no request is running, or when ctx ends. A closed [http.Server] does not wait for requests that it
// has aborted, but each of them still writes to the access log.
func (g *Gateway) Wait(ctx context.Context) {
	poll := time.NewTicker(waitInterval)
	defer poll.Stop()
	for g.running.Load() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}

// waitInterval is how often Wait checks for running requests.
const waitInterval = 5 * time.Millisecond

// Drain makes /readyz respond with 503, so that a load balancer sends no more requests. The gateway still handles the
// requests that arrive.
func (g *Gateway) Drain() { g.health.draining.Store(true) }

func (p *parts) routes(status *health) (http.Handler, error) {
	mux := http.NewServeMux()
	api, err := p.publicEndpoint()
	if err != nil {
		return nil, err
	}
	for _, path := range []string{"/graphql", "/graphql/{$}"} {
		mux.Handle(path, withCORS(p.config, api))
		p.describe(mux, path, "GET, POST, OPTIONS")
	}
	if p.config.Subgraph {
		subgraph, err := p.subgraphEndpoint()
		if err != nil {
			return nil, err
		}
		for _, path := range []string{"/subgraph", "/subgraph/{$}"} {
			mux.Handle(path, subgraph)
			mux.Handle("OPTIONS "+path, allow("GET, POST, OPTIONS")) // no page of another origin may call it
		}
	}
	mux.Handle("GET /files/{link}", withCORS(p.config, p.links))
	p.describe(mux, "/files/{link}", "GET, HEAD, OPTIONS")
	if p.config.Pictures != nil {
		mux.Handle("GET /pictures/{id}", p.config.Pictures)
	}
	mux.HandleFunc("GET /healthz", serveHealth)
	mux.HandleFunc("GET /readyz", status.serveReadiness)
	return mux, p.addPages(mux)
}

// addPages adds the routes for browsers.
func (p *parts) addPages(mux *http.ServeMux) error {
	landing, err := pages.NewLanding(pages.Landing{
		Version: p.config.Version, Playground: p.config.Playground != nil, Subgraph: p.config.Subgraph,
		Schema: string(p.config.Introspection), Tokens: p.config.DemoTokens,
	})
	if err != nil {
		return err
	}
	mux.Handle("GET /{$}", landing)
	if p.config.Introspection != IntrospectionOff {
		schema, err := httpapi.Compress(pages.NewSchema(p.mayReadSchema))
		if err != nil {
			return err
		}
		mux.Handle("GET /schema.graphql", schema)
	}
	if p.config.Playground != nil {
		mux.Handle("GET /playground", p.config.Playground)
		mux.Handle("GET /playground/", p.config.Playground)
	}
	return nil
}
