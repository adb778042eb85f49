package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
)

// endpoint serves one view of the schema at its own path.
type endpoint struct {
	*Gateway
	policy
	limits    *limits.Checker
	documents *documents.Store
	executor  *executor.Executor
}

// publicEndpoint serves the schema of clients.
func (g *Gateway) publicEndpoint() (http.Handler, error) {
	made, err := g.newEndpoint(g.resolvers(), view.Public)
	if err != nil {
		return nil, err
	}
	check := func(text string) error {
		if _, errs := made.limits.Parse(text); len(errs) > 0 {
			return errs[0]
		}
		return nil
	}
	if err := made.documents.Trust(g.config.TrustedDocuments, g.config.TrustedDocumentsOnly, check); err != nil {
		return nil, err
	}
	return httpapi.Compress(made.serve)
}

// subgraphEndpoint serves the schema of routers.
func (g *Gateway) subgraphEndpoint() (http.Handler, error) {
	root := g.resolvers()
	root.SubgraphSDL = view.SubgraphSDL(generated.NewExecutableSchema(generated.Config{Resolvers: root}).Schema())
	made, err := g.newEndpoint(root, view.Subgraph)
	if err != nil {
		return nil, err
	}
	made.open = true
	return httpapi.Compress(made.serve)
}

func (g *Gateway) newEndpoint(root resolvers.Root, view func(full *ast.Schema) *ast.Schema) (*endpoint, error) {
	schema := executable(root, view)
	writers, err := generated.NewWriters(schema)
	if err != nil {
		return nil, err
	}
	allowed := g.config.Limits
	allowed.HideSuggestions = allowed.HideSuggestions || g.config.Introspection == IntrospectionOff
	checker, err := limits.New(schema.Schema(), allowed)
	if err != nil {
		return nil, err
	}
	store := documents.New(g.config.PersistedQueries)
	renderer := &render.Executor{
		ExecutableSchema: schema, Writers: writers, Plans: store, Prefetch: resolvers.Start, Disabled: g.config.NoRenderer,
	}
	made := &endpoint{
		Gateway: g, policy: policy{mode: g.config.Introspection}, limits: checker,
		documents: store, executor: executor.New(renderer),
	}
	made.executor.SetErrorPresenter(g.presentError)
	made.executor.SetRecoverFunc(g.recoverPanic)
	made.executor.SetQueryCache(checkedDocument{})
	made.executor.SetParserTokenLimit(1) // rejects a document that prepare has not checked
	made.executor.Use(extension.Introspection{})
	made.executor.AroundFields(renderer.Field)
	return made, nil
}

func (g *Gateway) resolvers() resolvers.Root {
	root := resolvers.Root{Files: g.links}
	if g.config.RevealSecrets {
		root.OnReveal = g.telemetry.LogReveal
	}
	return root
}

// executable returns a view of the schema with its resolvers.
func executable(resolvers generated.ResolverRoot, view func(full *ast.Schema) *ast.Schema) graphql.ExecutableSchema {
	config := generated.Config{Resolvers: resolvers}
	config.Schema = view(generated.NewExecutableSchema(config).Schema())
	return generated.NewExecutableSchema(config)
}

// serve handles a request to the endpoint.
func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	if httpapi.WantsPage(r) {
		writeEndpointPage(w)
		return
	}
	mediaType, ok := httpapi.Negotiate(r)
	if !ok {
		e.writeError(w, r, mediaType, httpapi.NewError(http.StatusNotAcceptable, model.CodeBadUserInput,
			"Accept application/graphql-response+json or application/json."))
		return
	}
	asked, w, rejected := e.read(w, r)
	if rejected != nil {
		e.writeError(w, r, mediaType, rejected)
		return
	}
	asked.mediaType = mediaType
	response, status, rejected := e.admit(r, asked)
	if rejected != nil {
		e.writeError(w, r, mediaType, rejected)
		return
	}
	setEventID(w, response)
	writeResponse(w, r, mediaType, status, response)
}

// read reads the token and the parameters of an operation. It returns the writer for the response, also with an error.
func (e *endpoint) read(w http.ResponseWriter, r *http.Request) (*request, http.ResponseWriter, *httpapi.Error) {
	token, rejected := httpapi.Token(r)
	if rejected != nil && !e.allowsAnonymous(rejected) {
		return nil, w, rejected
	}
	telemetry.RecordOf(r.Context()).Caller = token.Fingerprint(e.logKey)
	read := &request{token: token}
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
