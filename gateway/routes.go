package gateway

import (
	"net/http"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/pages"
	"mstudio-graphql/graph/generated"
)

// publicRoutes adds the routes for clients.
func (p *parts) publicRoutes(mux *http.ServeMux, api *endpoint, tools *mcp.Server, status *health) error {
	serve := p.limitAddresses(httpapi.Compress(api.serve))
	for _, path := range []string{"/graphql", "/graphql/{$}"} {
		mux.Handle(path, withCORS(p.config, serve))
		p.describe(mux, path, "GET, POST, OPTIONS")
	}
	if p.hub != nil && len(p.config.HintKeys) > 0 {
		mux.Handle("POST /hints", p.limitAddresses(live.NewHints(p.config.HintKeys, p.hub.Hint)))
	}
	if tools != nil {
		p.toolRoutes(mux, tools)
	}
	p.sharedRoutes(mux, status, p.limitAddresses)
	return p.addPages(mux)
}

// subgraphRoutes adds the routes for routers of a federated graph, and those that clients need too if the mux is another.
func (p *parts) subgraphRoutes(mux *http.ServeMux, status *health) error {
	if !p.config.Subgraph {
		return nil
	}
	subgraph, err := p.subgraphEndpoint()
	if err != nil {
		return err
	}
	limited := p.limitAddresses
	if p.config.SubgraphApart { // only routers can send requests, for many clients
		limited = func(next http.Handler) http.Handler { return next }
	}
	serve := limited(httpapi.Compress(subgraph.serve))
	for _, path := range []string{"/subgraph", "/subgraph/{$}"} {
		mux.Handle(path, serve)
		mux.Handle("OPTIONS "+path, allow("GET, POST, OPTIONS")) // no page of another origin may call it
	}
	if p.config.SubgraphApart {
		p.sharedRoutes(mux, status, limited)
	}
	return nil
}

// sharedRoutes adds the routes of both listeners: the files that responses link to, which limited limits, and the probes.
func (p *parts) sharedRoutes(mux *http.ServeMux, status *health, limited func(http.Handler) http.Handler) {
	mux.Handle("GET /files/{link}", withCORS(p.config, limited(p.links)))
	p.describe(mux, "/files/{link}", "GET, HEAD, OPTIONS")
	if p.config.Pictures != nil {
		mux.Handle("GET /pictures/{id}", limited(p.config.Pictures))
	}
	mux.HandleFunc("GET /healthz", serveHealth)
	mux.HandleFunc("GET /readyz", status.serveReadiness)
}

// addPages adds the routes for browsers.
func (p *parts) addPages(mux *http.ServeMux) error {
	landing, err := pages.NewLanding(pages.Landing{
		Version: p.config.Version, Playground: p.config.Playground != nil, Subgraph: p.config.Subgraph && !p.config.SubgraphApart,
		Schema: string(p.config.Introspection), Tokens: p.config.DemoTokens,
	})
	if err != nil {
		return err
	}
	mux.Handle("GET /{$}", p.limitAddresses(landing))
	if p.config.Introspection != IntrospectionOff {
		schema := p.withoutLive(generated.NewExecutableSchema(generated.Config{}).Schema())
		mux.Handle("GET /schema.graphql", p.limitAddresses(httpapi.Compress(pages.NewSchema(schema, p.mayReadSchema))))
	}
	if p.config.Playground != nil {
		playground := p.limitAddresses(p.config.Playground)
		mux.Handle("GET /playground", playground)
		mux.Handle("GET /playground/", playground)
	}
	return nil
}
