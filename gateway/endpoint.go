package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
)

// endpoint is a view of the schema that is served at a path of its own.
type endpoint struct {
	*Gateway
	limits    *limits.Checker
	documents *documents
	persisted *persisted
	trusted   *trustedDocuments
	executor  *executor.Executor
	// open lets those without a token ask what the endpoint itself is, as routers do when they start.
	open bool
}

// publicEndpoint serves what clients see.
func (g *Gateway) publicEndpoint() (http.Handler, error) {
	made, err := g.newEndpoint(g.resolvers(), view.Public)
	if err != nil {
		return nil, err
	}
	made.trusted = newTrustedDocuments(g.config.TrustedDocuments, g.config.TrustedDocumentsOnly)
	if err := made.trusted.check(made.limits); err != nil {
		return nil, err
	}
	return httpapi.Compress(made.serveGraphQL)
}

// subgraphEndpoint serves what routers see.
func (g *Gateway) subgraphEndpoint() (http.Handler, error) {
	root := g.resolvers()
	root.SubgraphSDL = view.SubgraphSDL(generated.NewExecutableSchema(generated.Config{Resolvers: root}).Schema())
	made, err := g.newEndpoint(root, view.Subgraph)
	if err != nil {
		return nil, err
	}
	made.open = true
	return httpapi.Compress(made.serveGraphQL)
}

func (g *Gateway) newEndpoint(root resolvers.Root, seen func(*ast.Schema) *ast.Schema) (*endpoint, error) {
	schema := executable(root, seen)
	writers, err := generated.NewWriters(schema)
	if err != nil {
		return nil, err
	}
	allowed := g.config.Limits
	allowed.HideSuggestions = allowed.HideSuggestions || g.config.Introspection == IntrospectionOff
	checks, err := limits.New(schema.Schema(), allowed)
	if err != nil {
		return nil, err
	}
	kept := newDocuments()
	renderer := &render.Executor{
		ExecutableSchema: schema, Writers: writers, Plans: kept, Prefetch: resolvers.Start, Disabled: g.config.NoRenderer,
	}
	made := &endpoint{Gateway: g, limits: checks, documents: kept, persisted: newPersisted(g.config.PersistedQueries), executor: executor.New(renderer)}
	made.executor.SetErrorPresenter(g.presentError)
	made.executor.SetRecoverFunc(g.recoverPanic)
	made.executor.SetQueryCache(checkedDocument{})
	made.executor.SetParserTokenLimit(1) // what prepare has not checked is refused
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

// askedWithout reports whether a request without a token is looked at further. One with a token that is wrong is not.
func (g *endpoint) askedWithout(refused *httpapi.Error) bool {
	return refused.Tokenless && (g.open || g.config.Introspection == IntrospectionOn)
}
