package resolvers

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxNodes is the maximum number of IDs in Query.nodes.
const maxNodes = 100

// Node resolves Query.node.
func (query) Node(ctx context.Context, id string) (rest.Node, error) {
	return fetchNode(ctx, id, nodeTypes(ctx))
}

// Nodes resolves Query.nodes.
func (query) Nodes(ctx context.Context, ids []string) ([]rest.Node, error) {
	if len(ids) > maxNodes {
		return nil, model.BadInput("`ids` must have at most 100 elements.")
	}
	types := nodeTypes(ctx)
	return fetchEach(ctx, ids, func(ctx context.Context, id string) (rest.Node, error) { return fetchNode(ctx, id, types) }), nil
}

// fetchEach fetches the object of each key concurrently. If a fetch fails, the object is null, with an error at its index.
func fetchEach[K, V any](ctx context.Context, keys []K, fetch func(context.Context, K) (V, error)) []V {
	fetched := make([]V, len(keys))
	var fetches sync.WaitGroup
	for i, key := range keys {
		fetches.Go(func() {
			defer recoverAt(ctx, i)
			value, err := fetch(ctx, key)
			if err != nil {
				addErrorAt(ctx, i, err)
				return
			}
			fetched[i] = value
		})
	}
	fetches.Wait()
	return fetched
}

// fetchNode returns the object of one of the types with this ID, or nil if it does not exist or is hidden. It asks mStudio for one type after
// another, which costs fewer calls than asking for all at once.
func fetchNode(ctx context.Context, id string, types []string) (rest.Node, error) {
	id, err := rest.ParseID(id)
	if err != nil {
		return nil, err
	}
	if slices.Equal(types, []string{"Conversation"}) {
		prefetchBelowOne(ctx, id)
	}
	var failed error
	for _, typename := range types {
		node, access, err := nodeOfType(ctx, typename, id)
		if access == rest.AccessVisible || access == rest.AccessForbidden && len(types) == 1 {
			return node, nil
		}
		if failed == nil {
			failed = err
		}
	}
	return nil, failed
}

// nodeTypes returns the types that fragments of the selection name, and all types if they name none. Categories are first,
// because their list is usually cached. "unlisted" stands for a category that the cached list lacks.
func nodeTypes(ctx context.Context) []string {
	all := []string{
		"ConversationCategory", "Conversation", "Project", "Customer", "User", "AppInstallation", "PlacementGroup", "ExtensionInstance", "Container",
	}
	named := currentPlan(ctx).Named(graphql.GetOperationContext(ctx))
	types := slices.DeleteFunc(all, func(name string) bool { return len(named) > 0 && !slices.Contains(named, name) })
	if types[0] == "ConversationCategory" {
		types = append(types, "unlisted")
	}
	return types
}

// nodeOfType returns the object of a type with this ID and the caller's access to it. The object is nil unless it is visible
// or its type can represent a hidden one.
func nodeOfType(ctx context.Context, typename, id string) (rest.Node, rest.Access, error) {
	loaders := loader.From(ctx)
	switch typename {
	case "ConversationCategory":
		return asNode(loaders.ListedCategory(ctx, id))
	case "unlisted":
		return asNode(loaders.Category(ctx, id))
	case "Conversation":
		return asNode(loaders.Conversation.Load(ctx, id))
	}
	object, err := loaders.EntityByID(ctx, referenceTo(typename, id))
	return object, object.Access(), err
}

func asNode[T rest.Node](value T, err error) (rest.Node, rest.Access, error) {
	access, err := rest.AccessOf(err)
	if access != rest.AccessVisible {
		return nil, access, err
	}
	return value, access, nil
}

// recoverAt turns a panic into an error at an index of the list being resolved. The executor does not recover panics in
// other goroutines than its own.
func recoverAt(ctx context.Context, index int) {
	if panicked := recover(); panicked != nil {
		addErrorAt(ctx, index, graphql.Recover(ctx, panicked))
	}
}

// addErrorAt adds an error at an index of the list being resolved.
func addErrorAt(ctx context.Context, index int, err error) {
	path := append(graphql.GetPath(ctx), ast.PathIndex(index))
	graphql.AddError(ctx, &gqlerror.Error{Err: err, Path: path})
}
