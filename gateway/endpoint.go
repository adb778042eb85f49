package gateway

import (
	"cmp"
	"crypto/rand"
	"errors"
	"hash/maphash"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/lru"
	"mstudio-graphql/internal/memory"
)

// parts holds the values that all endpoints share.
type parts struct {
	presenter

	config      Config
	telemetry   *telemetry.Telemetry
	slots       *admission.Limiter
	uploadSlots *admission.Limiter // for operations with files
	streams     *live.Streams
	memory      *memory.Budget
	public      *loader.Public
	claims      *loader.Claims
	links       *downloads.Links
	hub         *watcher.Hub // nil without subscriptions
	api         *endpoint    // of /graphql
	tools       *mcp.Server  // nil without tools
	eventIDs    *eventid.Codec
	logKey      []byte // key of the callers' fingerprints
	accepted    *lru.Cache[string, struct{}]
	shapes      maphash.Seed // of the hashes of operations
}

func newParts(config Config) (*parts, error) {
	if len(config.LinkKeys) == 0 {
		config.LinkKeys = [][]byte{randomKey()}
	}
	if len(config.LogKey) == 0 {
		config.LogKey = randomKey()
	}
	eventIDs, err := eventid.New(config.LinkKeys...)
	if err != nil {
		return nil, err
	}
	links, err := downloads.New(downloads.Config{
		Client: config.Client, Log: config.Log, PublicURL: config.PublicURL, Keys: config.LinkKeys, MaxConcurrent: config.MaxDownloads,
	})
	p := &parts{
		config:      config,
		presenter:   presenter{config.Log},
		telemetry:   telemetry.New(config.Log, config.TrustedProxies, config.Metrics, config.TracerProvider),
		slots:       admission.New(config.MaxInFlight, config.MaxInFlightPerCaller),
		uploadSlots: admission.New(config.Uploads.MaxConcurrent, max(config.Uploads.MaxConcurrent/4, 1)),
		streams:     live.New(config.Live),
		memory:      newBudget(config, debug.SetMemoryLimit(-1)),
		public:      loader.NewPublic(config.Client, max(config.KeepCategories, 0)),
		claims:      newClaims(config),
		links:       links,
		eventIDs:    eventIDs,
		logKey:      config.LogKey,
		shapes:      maphash.MakeSeed(),
		accepted:    lru.New(maxAccepted, func(string, struct{}) int { return 1 }),
	}
	p.adaptSlots()
	return p, errors.Join(err, p.addLive())
}

// minPerProcessor is the default of MinInFlight for each processor: enough to keep it busy if an operation waits for mStudio
// seven eighths of its time.
const minPerProcessor = 8

// adaptSlots reduces the slots while the processors are overloaded.
func (p *parts) adaptSlots() {
	report := func(int) {}
	if p.config.Metrics != nil {
		report = p.config.Metrics.OperationsLimited
	}
	report(p.config.MaxInFlight)
	p.slots.Adapt(cmp.Or(p.config.MinInFlight, minPerProcessor*runtime.GOMAXPROCS(0)), admission.ProcessDelays, report)
}

func randomKey() []byte {
	key := make([]byte, filelink.KeySize)
	_, _ = rand.Read(key) // documented to never fail
	return key
}

// endpoint serves one view of the schema at its own path.
type endpoint struct {
	*parts
	policy
	limits    *limits.Checker
	documents *documents.Store
	renderer  *render.Executor
	executor  *executor.Executor

	introspections *introspections
	maxCalls       int // of an operation
}

// publicEndpoint serves the schema of clients.
func (p *parts) publicEndpoint() (http.Handler, error) {
	made, err := p.newEndpoint(p.resolvers(), view.Public, p.config.Limits)
	if err != nil {
		return nil, err
	}
	if err := made.trust(p.config.TrustedDocuments); err != nil {
		return nil, err
	}
	p.api = made
	return httpapi.Compress(made.serve)
}

// trust replaces the trusted documents, unless one of them is invalid.
func (e *endpoint) trust(byID map[string]string) error {
	return e.documents.Trust(byID, e.config.TrustedDocumentsOnly, func(text string) error {
		if _, errs := e.limits.Parse(text); len(errs) > 0 {
			return errs[0]
		}
		return nil
	})
}

// subgraphEndpoint serves the schema of routers.
func (p *parts) subgraphEndpoint() (http.Handler, error) {
	root := p.resolvers()
	root.SubgraphSDL = view.SubgraphSDL(p.withoutLive(generated.NewExecutableSchema(generated.Config{Resolvers: root}).Schema()))
	made, err := p.newEndpoint(root, view.Subgraph, p.config.Limits)
	if err != nil {
		return nil, err
	}
	made.open = true
	return httpapi.Compress(made.serve)
}

func (p *parts) newEndpoint(root resolvers.Root, visible func(full *ast.Schema) *ast.Schema, allowed limits.Limits) (*endpoint, error) {
	schema := executable(root, func(full *ast.Schema) *ast.Schema { return p.withoutLive(visible(full)) })
	writers, err := generated.NewWriters(schema)
	if err != nil {
		return nil, err
	}
	allowed.HideSuggestions = allowed.HideSuggestions || p.config.Introspection == IntrospectionOff
	checker, err := limits.New(schema.Schema(), allowed)
	if err != nil {
		return nil, err
	}
	store := documents.New(p.config.PersistedQueries, p.config.SharedTexts)
	renderer := &render.Executor{
		ExecutableSchema: schema, Writers: writers, Plans: store, Prefetch: resolvers.Prefetch, Disabled: p.config.NoRenderer,
	}
	made := &endpoint{
		parts: p, policy: policy{mode: p.config.Introspection}, limits: checker,
		documents: store, renderer: renderer, executor: executor.New(renderer), introspections: newIntrospections(), maxCalls: p.config.MaxCalls,
	}
	made.executor.SetErrorPresenter(p.present)
	made.executor.SetRecoverFunc(recoverPanic)
	made.executor.SetQueryCache(checkedDocument{})
	made.executor.SetParserTokenLimit(1) // rejects a document that prepare has not checked
	made.executor.Use(extension.Introspection{})
	made.executor.AroundFields(renderer.Field)
	return made, nil
}

// newClaims returns the claims of the writes of all operations.
func newClaims(config Config) *loader.Claims {
	var report func(kept, forgotten int)
	if config.Metrics != nil {
		report = config.Metrics.WritesRemembered
	}
	claims := loader.NewClaims(report)
	claims.Shared = config.SharedClaims
	return claims
}

func (p *parts) resolvers() resolvers.Root {
	root := resolvers.Root{Files: p.links, Texts: markdown.New(), MaxUploadBytes: p.config.Uploads.FileBytes, ConversationURL: p.config.ConversationURL}
	if p.config.RevealSecrets {
		root.OnReveal = p.telemetry.LogReveal
	}
	return root
}

// executable returns a view of the schema with its resolvers.
func executable(root generated.ResolverRoot, visible func(full *ast.Schema) *ast.Schema) graphql.ExecutableSchema {
	config := generated.Config{Resolvers: root}
	config.Schema = visible(generated.NewExecutableSchema(config).Schema())
	return generated.NewExecutableSchema(config)
}

// withoutLive removes the subscriptions from a schema if they are disabled.
func (p *parts) withoutLive(schema *ast.Schema) *ast.Schema {
	if p.config.NoLive {
		return view.WithoutSubscription(schema)
	}
	return schema
}

// serve handles a request to the endpoint.
func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	if e.hub != nil && live.IsWebSocket(r) {
		if rejected := e.streams.ServeWebSocket(w, r, e.socketOrigins(), sockets{e}); rejected != nil {
			e.writeError(w, r, httpapi.MediaJSON, rejected)
		}
		return
	}
	if httpapi.WantsPage(r) {
		httpapi.SeeOther(w, "./"+strings.Repeat("../", strings.Count(r.URL.Path, "/")-1)) // /graphql/ is one level deeper
		return
	}
	accepted, ok := httpapi.Negotiate(r)
	mediaType := accepted.Response
	if !ok {
		e.writeError(w, r, mediaType, httpapi.NotAcceptable())
		return
	}
	req, w, rejected := e.read(w, r)
	if rejected != nil {
		e.writeError(w, r, mediaType, rejected)
		return
	}
	req.stream, req.respond = accepted.Stream, mediaType
	e.answer(w, r, req)
	if req.source != nil {
		e.streams.Serve(w, r, accepted.Stream, req.place, req.source)
	}
}

// answer runs the operation and writes the response, except for a subscription that has started.
func (e *endpoint) answer(w http.ResponseWriter, r *http.Request, req *request) {
	account := e.memory.Open(telemetry.RecordOf(r.Context()).Caller)
	defer account.Close() // when the client has read the response
	response, rejected := e.admit(downloads.WithRequest(memory.With(r.Context(), account), r, req.token), r.Body, req)
	if rejected != nil {
		e.writeError(w, r, req.respond, rejected)
		return
	}
	if req.source != nil {
		return
	}
	setEventID(w, response)
	httpapi.SetRateLimit(w, req.rate)
	writeResponse(w, r, req.respond, 0, response)
}

// read reads the token and the parameters of an operation. It returns the writer for the response, also with an error.
func (e *endpoint) read(w http.ResponseWriter, r *http.Request) (*request, http.ResponseWriter, *httpapi.Error) {
	token, rejected := httpapi.Token(r)
	if rejected != nil && !e.allowsAnonymous(rejected) {
		return nil, w, rejected
	}
	telemetry.RecordOf(r.Context()).Caller = token.Fingerprint(e.logKey)
	read := &request{token: token, header: r.Header, isGet: r.Method == http.MethodGet}
	isForm := uploads.IsForm(r)
	// A browser does not send a token's header for another site without a preflight. A page of any site can send a form,
	// which therefore needs a second header even with a token.
	if token.IsZero() || isForm {
		if rejected := httpapi.RequirePreflight(r); rejected != nil {
			return nil, w, rejected
		}
	}
	if !isForm {
		read.params, rejected = httpapi.ReadParams(w, r, e.config.MaxBody)
		return read, w, rejected
	}
	read.form, rejected = uploads.New(w, r, e.config.Uploads, e.config.MaxBody)
	if rejected != nil {
		return nil, w, rejected
	}
	w = read.form.DrainFirst(w, r)
	read.params, rejected = read.form.Params()
	return read, w, rejected
}
