package gateway

import (
	"maps"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/generated"
)

// publicSchema returns the schema as clients see it. The parser adds @defer to every schema, and the executor would
// answer it over plain JSON by leaving the deferred fields out for ever.
func publicSchema(resolvers generated.ResolverRoot) graphql.ExecutableSchema {
	config := generated.Config{Resolvers: resolvers}
	public := *generated.NewExecutableSchema(config).Schema()
	public.Directives = maps.Clone(public.Directives)
	delete(public.Directives, "defer")
	config.Schema = &public
	return generated.NewExecutableSchema(config)
}
