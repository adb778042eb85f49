package gateway

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/graph/generated"
)

// executable returns a view of the schema with its resolvers.
func executable(resolvers generated.ResolverRoot, view func(full *ast.Schema) *ast.Schema) graphql.ExecutableSchema {
	config := generated.Config{Resolvers: resolvers}
	config.Schema = view(generated.NewExecutableSchema(config).Schema())
	return generated.NewExecutableSchema(config)
}
