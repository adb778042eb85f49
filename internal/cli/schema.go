package cli

import (
	"io"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

// schemaCommand groups the commands for the schema.
type schemaCommand struct {
	Print schemaPrintCommand `cmd:"" help:"Print the public schema in GraphQL's schema definition language."`
}

// schemaPrintCommand prints the public schema or the subgraph.
type schemaPrintCommand struct {
	Federation bool `help:"Print the federation subgraph instead, for composition."`
}

func (s schemaPrintCommand) run(stdout io.Writer) error {
	full := generated.NewExecutableSchema(generated.Config{}).Schema()
	text := view.PublicSDL(full)
	if s.Federation {
		text = view.SubgraphSDL(full)
	}
	_, err := io.WriteString(stdout, text)
	return err
}
