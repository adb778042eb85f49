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

// maxNodes is how many objects can be fetched again in one field.
const maxNodes = 100

// Node answers Query.node.
func (query) Node(ctx context.Context, id string) (rest.Node, error) {
	return orNull(fetchNode(ctx, id))
}

// Nodes answers Query.nodes. An id that fails is null, with an error at its place in the list.
func (query) Nodes(ctx context.Context, ids []string) ([]rest.Node, error) {
	if len(ids) > maxNodes {
		return nil, model.BadInput("ids must be at most 100.")
	}
	return fetchEach(ctx, ids, func(ctx context.Context, id string) (rest.Node, error) {
		return orNull(fetchNode(ctx, id))
	}), nil
}

// fetchEach fetches one object for each of these at the same time. One that fails is null, with an error at its place
// in the list.
func fetchEach[K, V any](ctx context.Context, each []K, fetch func(context.Context, K) (V, error)) []V {
	fetched := make([]V, len(each))
	var fetches sync.WaitGroup
	for i, one := range each {
		fetches.Go(func() {
			defer recoverAt(ctx, i)
			value, err := fetch(ctx, one)
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

// fetchNode returns the category or the conversation with this id, or an error with rest.NotFound. Categories come
// first, because their list is usually at hand.
func fetchNode(ctx context.Context, id string) (rest.Node, error) {
	id, err := rest.ParseID(id)
	if err != nil {
		return nil, err
	}
	category, listErr := loader.From(ctx).ListedCategory(ctx, id)
	if listErr == nil {
		return category, nil
	}
	startBelow(ctx, id)
	conversation, err := loader.From(ctx).Conversation.Load(ctx, id)
	switch {
	case err == nil:
		return conversation, nil
	case rest.IsNotFound(err) && !rest.IsNotFound(listErr):
		// It may well be a category: without the list, nobody can say that there is no such thing.
		return nil, listErr
	}
	return nil, err
}

// recoverAt keeps a panic in a goroutine of our own from ending the process: the executor guards only its own.
func recoverAt(ctx context.Context, index int) {
	if panicked := recover(); panicked != nil {
		addErrorAt(ctx, index, graphql.Recover(ctx, panicked))
	}
}

// addErrorAt reports what is wrong with one element of the list that is being resolved.
func addErrorAt(ctx context.Context, index int, err error) {
	path := append(graphql.GetPath(ctx), ast.PathIndex(index))
	graphql.AddError(ctx, &gqlerror.Error{Err: err, Path: path})
}
