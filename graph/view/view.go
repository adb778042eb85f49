// Package view derives two views from the schema: the public schema, without the parts for routers of a federated graph,
// and the subgraph, without the fields that only one subgraph of a graph may have.
package view

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Public returns the schema for clients. It removes @defer, which the parser adds to every schema: over plain JSON, the
// executor would omit deferred fields and never send them.
func Public(full *ast.Schema) *ast.Schema {
	public := clone(full, isFederationField)
	maps.DeleteFunc(public.Types, func(name string, _ *ast.Definition) bool { return isFederationType(name) })
	maps.DeleteFunc(public.Directives, func(name string, _ *ast.DirectiveDefinition) bool { return isFederationDirective(name) })
	public.SchemaDirectives = nil
	maps.DeleteFunc(public.PossibleTypes, func(name string, _ []*ast.Definition) bool { return isFederationType(name) })
	public.Implements = maps.Clone(full.Implements)
	for name, abstract := range public.Implements {
		public.Implements[name] = slices.DeleteFunc(slices.Clone(abstract), func(of *ast.Definition) bool { return isFederationType(of.Name) })
	}
	return public
}

// Subgraph returns the schema for routers. It has no Query.node, because only one subgraph of a graph may have that field.
func Subgraph(full *ast.Schema) *ast.Schema { return clone(full, isNodeField) }

// WithoutSubscription returns a schema without live updates.
func WithoutSubscription(full *ast.Schema) *ast.Schema {
	schema := *full
	schema.Types, schema.PossibleTypes, schema.Subscription = maps.Clone(full.Types), maps.Clone(full.PossibleTypes), nil
	for _, name := range []string{"Subscription", "InboxChange", "InboxChangeKind", "ConversationChange", "ConversationChangeKind"} {
		delete(schema.Types, name)
		delete(schema.PossibleTypes, name)
	}
	return &schema
}

// clone copies the parts of a schema that this package changes, without some fields of Query.
func clone(full *ast.Schema, without func(field string) bool) *ast.Schema {
	schema, query := *full, *full.Query
	schema.Types, schema.Directives = maps.Clone(full.Types), maps.Clone(full.Directives)
	delete(schema.Directives, "defer")
	query.Fields = slices.DeleteFunc(slices.Clone(query.Fields), func(field *ast.FieldDefinition) bool { return without(field.Name) })
	schema.Query, schema.Types[query.Name] = &query, &query
	schema.PossibleTypes = maps.Clone(full.PossibleTypes)
	schema.PossibleTypes[query.Name] = []*ast.Definition{&query}
	return &schema
}

func isNodeField(name string) bool { return name == "node" || name == "nodes" }

func isFederationField(name string) bool { return name == "_entities" || name == "_service" }

func isFederationType(name string) bool {
	switch name {
	case "_Any", "_Entity", "_Service", "FieldSet":
		return true
	}
	return false
}

func isFederationDirective(name string) bool {
	return name == "key" || name == "shareable" || name == "link"
}
