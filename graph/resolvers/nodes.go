package resolvers

import (
	"context"
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
	return orNull(fetchNode(ctx, id))
}

// Nodes resolves Query.nodes.
func (query) Nodes(ctx context.Context, ids []string) ([]rest.Node, error) {
	if len(ids) > maxNodes {
		return nil, model.BadInput("`ids` must have at most 100 elements.")
	}
	return fetchEach(ctx, ids, func(ctx context.Context, id string) (rest.Node, error) {
		return orNull(fetchNode(ctx, id))
	}), nil
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

// fetchNode returns the category or the conversation with this ID, or an error with rest.NotFound. It looks for a category
// first, because the list of categories is usually cached.
func fetchNode(ctx context.Context, id string) (rest.Node, error) {
	id, err := rest.ParseID(id)
	if err != nil {
		return nil, err
	}
	category, listErr := loader.From(ctx).ListedCategory(ctx, id)
	if listErr == nil {
		return category, nil
	}
	prefetchBelow(ctx, id)
	conversation, err := loader.From(ctx).Conversation.Load(ctx, id)
	switch {
	case err == nil:
		return conversation, nil
	case rest.IsNotFound(err) && !rest.IsNotFound(listErr):
		return nil, listErr // without the list, it may still be a category
	}
	return nil, err
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
