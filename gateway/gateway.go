// Package gateway is the front door: GraphQL over HTTP for many callers at once, each with a token of their own.
//
//	client, err := rest.New(rest.Config{})
//	door, err := gateway.New(gateway.Config{Client: client})
//	http.ListenAndServe("127.0.0.1:8080", door)
package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/defaults"
)

// Gateway serves the API. It is an [http.Handler] and safe for concurrent use.
type Gateway struct {
	config      Config
	categories  *loader.Categories
	handler     http.Handler
	links       *downloads.Links
	slots       *admission.Limiter
	uploadSlots *admission.Limiter // for operations with files
	logKey      []byte             // keys the callers' fingerprints; drawn at each start
	draining    atomic.Bool
	running     atomic.Int64 // requests
	telemetry   *telemetry.Telemetry
}

// New returns a gateway. It makes no call yet, so it does not matter whether mStudio can be reached.
func New(config Config) (*Gateway, error) {
	if config.Client == nil {
		return nil, errors.New("gateway: a client is required")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	err := defaults.Set(&config)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(config.Introspection.check(), checkOrigins(config.CORSOrigins)); err != nil {
		return nil, err
	}
	g := &Gateway{
		config:      config,
		categories:  loader.NewCategories(config.Client, max(config.KeepCategories, 0)),
		slots:       admission.New(config.MaxInFlight, config.MaxInFlightPerCaller),
		uploadSlots: admission.New(config.Uploads.MaxConcurrent, max(config.Uploads.MaxConcurrent/4, 1)),
		telemetry:   telemetry.New(config.Log, config.Metrics, config.TracerProvider),
		logKey:      make([]byte, 32),
	}
	_, _ = rand.Read(g.logKey) // never fails, by its documentation
	if g.links, err = downloads.New(downloads.Config{
		Client: config.Client, Log: config.Log, PublicURL: config.PublicURL, Keys: config.LinkKeys, MaxConcurrent: config.MaxDownloads,
	}); err != nil {
		return nil, err
	}
	g.handler, err = g.routes()
	return g, err
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.running.Add(1)
	defer g.running.Add(-1)
	observed, r, end := g.telemetry.Begin(w, r)
	defer end()
	defer g.recoverHandler(observed, r)
	g.handler.ServeHTTP(observed, r)
}

// Wait returns when no request is running, or when ctx ends. A closed [http.Server] forgets the requests that it has
// cut off, but each still writes its record into the log.
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

// waitInterval is how often Wait looks for running requests.
const waitInterval = 5 * time.Millisecond

// Drain makes /readyz answer 503, so that a load balancer sends no more requests. Those that come are still answered.
func (g *Gateway) Drain() { g.draining.Store(true) }

func (g *Gateway) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	api, err := g.publicEndpoint()
	if err != nil {
		return nil, err
	}
	mux.Handle("/graphql", g.cors(api))
	if g.config.Subgraph {
		subgraph, err := g.subgraphEndpoint()
		if err != nil {
			return nil, err
		}
		mux.Handle("/subgraph", subgraph)
	}
	mux.Handle("GET /files/{link}", g.cors(g.links))
	g.corsForFiles(mux)
	if err := g.routesForPeople(mux); err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /healthz", g.serveHealth)
	mux.HandleFunc("GET /readyz", g.serveReadiness)
	return mux, nil
}
