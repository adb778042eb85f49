package gateway

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/ftv1"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
)

// endpoint serves one view of the schema at its own path.
type endpoint struct {
	*parts
	policy
	limits    *limits.Checker
	documents *documents.Store
	renderer  *render.Executor
	executor  *executor.Executor
	traced    *executor.Executor // for routers that request a trace; nil for clients

	introspections *introspections
	maxCalls       int // of an operation
}

// publicEndpoint serves the schema of clients.
func (p *parts) publicEndpoint() (*endpoint, error) {
	made, err := p.newEndpoint(p.resolvers(), view.Public, p.config.Limits)
	if err != nil {
		return nil, err
	}
	if err := made.trust(p.config.TrustedDocuments); err != nil {
		return nil, err
	}
	return made, nil
}

// subgraphEndpoint serves the schema of routers.
func (p *parts) subgraphEndpoint() (*endpoint, error) {
	root := p.resolvers()
	root.SubgraphSDL = view.SubgraphSDL(p.withoutLive(generated.NewExecutableSchema(generated.Config{Resolvers: root}).Schema()))
	made, err := p.newEndpoint(root, view.Subgraph, p.config.Limits)
	if err != nil {
		return nil, err
	}
	made.open = true
	resolving := *made.renderer // rendering does not resolve each field
	resolving.Disabled = true
	made.traced = p.newExecutor(&resolving, ftv1.Field)
	return made, nil
}

// trust replaces the trusted documents, unless one of them is invalid.
func (e *endpoint) trust(manifests documents.Manifests) error {
	return e.documents.Trust(manifests, e.config.TrustedDocumentsOnly, func(text string) error {
		if _, errs := e.limits.Parse(text); len(errs) > 0 {
			return errs[0]
		}
		return nil
	})
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
		documents: store, renderer: renderer, executor: p.newExecutor(renderer), introspections: newIntrospections(), maxCalls: p.config.MaxCalls,
	}
	return made, nil
}

// newExecutor returns gqlgen's executor around a renderer. The middleware is called before the renderer's.
func (p *parts) newExecutor(renderer *render.Executor, around ...graphql.FieldMiddleware) *executor.Executor {
	made := executor.New(renderer)
	made.SetErrorPresenter(p.present)
	made.SetRecoverFunc(recoverPanic)
	made.SetQueryCache(checkedDocument{})
	made.SetParserTokenLimit(1) // rejects a document that prepare has not checked
	made.Use(extension.Introspection{})
	for _, each := range around {
		made.AroundFields(each)
	}
	made.AroundFields(renderer.Field)
	return made
}

// executorOf returns the executor for a request: with a trace for a router that requests one.
func (e *endpoint) executorOf(req *request) *executor.Executor {
	if e.traced != nil && ftv1.IsRequested(req.header) {
		return e.traced
	}
	return e.executor
}

// executable returns a view of the schema with its resolvers.
func executable(root generated.ResolverRoot, visible func(full *ast.Schema) *ast.Schema) graphql.ExecutableSchema {
	config := generated.Config{Resolvers: root}
	config.Schema = visible(generated.NewExecutableSchema(config).Schema())
	return generated.NewExecutableSchema(config)
}
