package cli

import (
	"io"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

// schemaCommand is what can be done with the schema.
type schemaCommand struct {
	Print schemaPrintCommand `cmd:"" help:"Print the schema as clients see it, in GraphQL's schema definition language."`
}

// schemaPrintCommand is which of the two schemas is printed.
type schemaPrintCommand struct {
	Federation bool `help:"Print the subgraph instead, to compose it with others."`
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
