package view

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// PublicSDL returns the public schema as text.
func PublicSDL(full *ast.Schema) string {
	public := Public(full)
	for name, definition := range public.Types {
		public.Types[name] = withoutDirectives(definition, isFederationDirective)
	}
	return printed(public)
}

// SubgraphSDL returns the subgraph as text, for composition with other subgraphs. It omits definitions that each router
// has, and the directives for clients of this gateway: routers have other ones with the names @cost and @listSize, and
// drop @semanticNonNull.
func SubgraphSDL(full *ast.Schema) string {
	subgraph := Subgraph(full)
	isForClients := func(name string) bool {
		return name == "cost" || name == "listSize" || name == "scan" || name == "semanticNonNull"
	}
	for name, definition := range subgraph.Types {
		subgraph.Types[name] = withoutDirectives(definition, isForClients)
		if isFederationType(name) {
			delete(subgraph.Types, name)
		}
	}
	for name := range subgraph.Directives {
		if isFederationDirective(name) || isForClients(name) {
			delete(subgraph.Directives, name)
		}
	}
	query := subgraph.Types[subgraph.Query.Name]
	query.Fields = slices.DeleteFunc(query.Fields, func(field *ast.FieldDefinition) bool { return isFederationField(field.Name) })
	return printed(subgraph)
}

// withoutDirectives returns a copy of the definition and of its fields.
func withoutDirectives(definition *ast.Definition, without func(name string) bool) *ast.Definition {
	drop := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(list), func(directive *ast.Directive) bool { return without(directive.Name) })
	}
	bare := *definition
	bare.Directives = drop(definition.Directives)
	bare.Fields = make(ast.FieldList, len(definition.Fields))
	for i, field := range definition.Fields {
		own := *field
		own.Directives = drop(field.Directives)
		bare.Fields[i] = &own
	}
	return &bare
}

func printed(schema *ast.Schema) string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(schema)
	return text.String()
}
