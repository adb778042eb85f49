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

	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// Config is what a [Gateway] is made from. Only Client is required.
type Config struct {
	// Client calls mStudio. It must have no token: each operation uses its caller's.
	Client *rest.Client
	// Log gets one record per request, and what goes wrong inside. Default: nothing is written.
	Log *slog.Logger
	// OperationTimeout bounds one operation, all its calls included. Default: 15 s.
	OperationTimeout time.Duration
	// MaxCalls is how many calls of mStudio one operation may make. Default: 250, which is a page of 100
	// conversations with messages and members, and some more.
	MaxCalls int
	// MaxParallelCalls is how many of them may be in flight at once. Default: 32.
	MaxParallelCalls int
	// MaxInFlight is how many operations may run at once; those beyond are refused with HTTP 503. Default: 128.
	MaxInFlight int
	// MaxInFlightPerCaller is how many of them may be of one caller. Default: 32.
	MaxInFlightPerCaller int
	// MaxBody is how long the body of a request may be, in bytes, and as such the bound of everything that a query can
	// cost before it is parsed. Default: 128 KiB.
	MaxBody int
	// BulkThreshold is how many objects of one kind that an answer refers to are fetched one by one. If there are more,
	// and mStudio can list the kind, a list is fetched in one call. Default: 4. Negative: never.
	BulkThreshold int
	// KeepCategories is how long the public list of categories is kept for all callers. Default: 5 min. Negative:
	// it is fetched for each operation that needs it.
	KeepCategories time.Duration
	// CORSOrigins are the origins whose pages may call the gateway from a browser, such as
	// "https://portal.example.com", without wildcards. Default: none.
	CORSOrigins []string
	// RevealSecrets lets callers read the secrets in their own service requests. Each reveal is logged, without
	// the value.
	RevealSecrets bool
	// PublicURL is where clients reach the gateway, such as "https://api.example.com", for links to files. Default: the
	// address that each request was sent to, which is wrong behind a proxy that ends TLS.
	PublicURL string
	// LinkKeys seal the links to files: the first seals, all open, so that keys can be replaced. Replicas must share
	// them. Each has 32 bytes. Default: one that is drawn at the start.
	LinkKeys [][]byte
	// MaxDownloads is how many files may be sent to clients at once, and one file in a quarter of the places. Default: 32.
	MaxDownloads int
	// Uploads limits the files that a client may send with an operation.
	Uploads uploads.Limits
	// Subgraph serves the schema to routers of a federated graph (Apollo Federation v2), at /subgraph.
	Subgraph bool
	// PersistedQueries is how many bytes the texts may take that are kept for clients that send only their hashes
	// (automatic persisted queries). Default: 8 MiB. Negative: none are kept.
	PersistedQueries int
	// TrustedDocuments are documents that can be asked for by their ids; see [ReadManifest].
	TrustedDocuments map[string]string
	// TrustedDocumentsOnly refuses all other documents, at /graphql.
	TrustedDocumentsOnly bool
	// Introspection says who may ask for the schema. Default: [IntrospectionAuthenticated].
	Introspection Introspection
	// Limits is what a document and an operation may ask for. Default: those of [limits.Limits].
	Limits limits.Limits
	// Playground serves the page at /playground for people who explore. Default: none. Package playground makes one.
	Playground http.Handler
	// DemoTokens are shown to everybody who opens the landing page. They are for a sandbox.
	DemoTokens []DemoToken
	// Version is shown on the landing page.
	Version string
	// NoRenderer leaves all rendering to the executor: the same answers, for several times the CPU time. It is there
	// to compare the two, and in case they ever differ.
	NoRenderer bool
	// Metrics counts what the gateway does. Default: nothing is counted.
	Metrics *metrics.Metrics
	// TracerProvider makes the traces: a span for each operation and one for each call of mStudio. Default: there are none.
	TracerProvider trace.TracerProvider
}

// DemoToken is a token for everybody, of a caller whose data is invented.
type DemoToken struct {
	// Token is what to send.
	Token string
	// About says in a few words what its owner sees.
	About string
}

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
	config = config.withDefaults()
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
	var err error
	if g.links, err = downloads.New(downloads.Config{
		Client: config.Client, Log: config.Log, PublicURL: config.PublicURL, Keys: config.LinkKeys, MaxConcurrent: config.MaxDownloads,
	}); err != nil {
		return nil, err
	}
	g.handler, err = g.routes()
	return g, err
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OperationTimeout <= 0 {
		c.OperationTimeout = 15 * time.Second
	}
	if c.MaxCalls <= 0 {
		c.MaxCalls = 250
	}
	if c.MaxParallelCalls <= 0 {
		c.MaxParallelCalls = 32
	}
	if c.MaxInFlight <= 0 {
		c.MaxInFlight = 128
	}
	if c.MaxInFlightPerCaller <= 0 {
		c.MaxInFlightPerCaller = 32
	}
	if c.MaxBody <= 0 {
		c.MaxBody = 128 << 10
	}
	if c.MaxDownloads <= 0 {
		c.MaxDownloads = 32
	}
	if c.PersistedQueries == 0 {
		c.PersistedQueries = 8 << 20
	}
	if c.Introspection == "" {
		c.Introspection = IntrospectionAuthenticated
	}
	c.Uploads = c.Uploads.WithDefaults()
	if c.KeepCategories == 0 {
		c.KeepCategories = 5 * time.Minute
	}
	return c
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
