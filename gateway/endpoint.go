package gateway

import (
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
)

// endpoint is a view of the schema that is served at a path of its own.
type endpoint struct {
	*Gateway
	executor *executor.Executor
	// open lets those without a token ask what the endpoint itself is, as routers do when they start.
	open bool
}

// publicEndpoint serves what clients see.
func (g *Gateway) publicEndpoint() (http.Handler, error) {
	made, err := g.newExecutor(g.resolvers(), view.Public)
	if err != nil {
		return nil, err
	}
	return compressed((&endpoint{Gateway: g, executor: made}).serveGraphQL)
}

// subgraphEndpoint serves what routers see.
func (g *Gateway) subgraphEndpoint() (http.Handler, error) {
	root := g.resolvers()
	root.SubgraphSDL = view.SubgraphSDL(generated.NewExecutableSchema(generated.Config{Resolvers: root}).Schema())
	made, err := g.newExecutor(root, view.Subgraph)
	if err != nil {
		return nil, err
	}
	return compressed((&endpoint{Gateway: g, executor: made, open: true}).serveGraphQL)
}

func (g *Gateway) resolvers() resolvers.Root {
	root := resolvers.Root{Files: g.links}
	if g.config.RevealSecrets {
		root.OnReveal = g.logReveal
	}
	return root
}

// askedWithout reports whether a request without a token is looked at further. One with a token that is wrong is not.
func (g *endpoint) askedWithout(refused *refusal) bool { return g.open && refused.tokenless }

// asksOfItself reports whether the operation needs nothing of mStudio: only what the endpoint knows of itself.
func asksOfItself(operation *graphql.OperationContext) bool {
	for _, selected := range operation.Operation.SelectionSet {
		field, ok := selected.(*ast.Field)
		if !ok || field.Name != "_service" && !strings.HasPrefix(field.Name, "__") {
			return false
		}
	}
	return true
}
