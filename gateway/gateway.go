// Package gateway serves GraphQL over HTTP in front of mStudio's REST API, for many callers with their own tokens.
//
//	client, err := rest.New(rest.Config{})
//	handler, err := gateway.New(gateway.Config{Client: client})
//	http.ListenAndServe("127.0.0.1:8080", handler)
//
// An operation passes through serve.go, operation.go, prepare.go and execute.go, and then through package render.
package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/rest"
)

// Gateway serves the API. It is an [http.Handler] and safe for concurrent use.
type Gateway struct {
	telemetry *telemetry.Telemetry
	presenter presenter
	handler   http.Handler
	subgraph  http.Handler
	health    health
	streams   *live.Streams
	api       *endpoint    // of /graphql
	hub       *watcher.Hub // nil without subscriptions
	tools     *mcp.Server  // nil without tools
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
	if err := errors.Join(config.Introspection.check(), checkOrigins(config.CORSOrigins), config.checkSubgraph(), config.checkHintKeys()); err != nil {
		return nil, err
	}
	shared, err := newParts(config)
	if err != nil {
		return nil, err
	}
	g := &Gateway{telemetry: shared.telemetry, presenter: shared.presenter, streams: shared.streams, hub: shared.hub}
	if g.api, err = shared.publicEndpoint(); err != nil {
		return nil, err
	}
	if config.MCP.Enabled {
		made, err := shared.toolEndpoint()
		if err != nil {
			return nil, err
		}
		if g.tools, err = shared.newTools(made); err != nil {
			return nil, err
		}
	}
	public, routers := http.NewServeMux(), http.NewServeMux()
	g.handler, g.subgraph = public, routers
	if !config.SubgraphApart {
		routers = public
	}
	return g, errors.Join(shared.publicRoutes(public, g.api, g.tools, &g.health), shared.subgraphRoutes(routers, &g.health))
}

// ServeHTTP handles a request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.serve(g.handler, w, r) }

// Session returns the session of a caller in this process, which needs no HTTP. The first call of mStudio verifies the token.
func (g *Gateway) Session(token rest.Token) live.Session {
	return &socketSession{endpoint: g.api, token: token, caller: token.Fingerprint(g.api.logKey)}
}

// TrustDocuments replaces [Config].TrustedDocuments while the gateway serves requests. If it returns an error because a document
// is invalid, the previous ones remain.
func (g *Gateway) TrustDocuments(manifests documents.Manifests) error { return g.api.trust(manifests) }

// ServeTools serves the tools of [Config].MCP over the standard input and output of this process, until the input or ctx ends.
func (g *Gateway) ServeTools(ctx context.Context, token rest.Token, in io.ReadCloser, out io.Writer) error {
	return g.tools.ServeIO(ctx, token, in, out)
}

// Subgraph handles a request to the separate listener of [Config].SubgraphApart.
func (g *Gateway) Subgraph(w http.ResponseWriter, r *http.Request) { g.serve(g.subgraph, w, r) }

func (g *Gateway) serve(handler http.Handler, w http.ResponseWriter, r *http.Request) {
	g.running.Add(1)
	defer g.running.Add(-1)
	observed, r, end := g.telemetry.Begin(w, r)
	defer end()
	defer g.presenter.recoverHandler(observed, r)
	handler.ServeHTTP(observed, r)
}

// Wait returns when no request is running and no stream is open, or when ctx ends. A closed [http.Server] does not wait for
// requests that it has aborted, but each of them still writes to the access log.
func (g *Gateway) Wait(ctx context.Context) {
	poll := time.NewTicker(waitInterval)
	defer poll.Stop()
	for g.running.Load() > 0 || g.streams.Open() > 0 {
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

// EndStreams rejects new subscriptions, WebSockets and calls of tools, and ends the streams that are open, spread over a time. It
// returns when all have ended, or when ctx ends. [http.Server.Shutdown] does neither.
func (g *Gateway) EndStreams(ctx context.Context, over time.Duration) {
	if g.tools != nil {
		g.tools.Drain()
	}
	g.streams.Drain(ctx, over)
	if g.hub != nil {
		g.hub.Close()
	}
}
