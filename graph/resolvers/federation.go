package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxRepresentations is the maximum number of entities in one field. Routers request all entities of a page at once.
const maxRepresentations = 1000

var _ generated.FederationResolver = query{}

// Service resolves Query._service.
func (q query) Service(context.Context) (model.Service, error) {
	return model.Service{SDL: q.SubgraphSDL}, nil
}

// Entities resolves Query._entities.
func (query) Entities(ctx context.Context, representations []map[string]any) ([]model.Entity, error) {
	if len(representations) > maxRepresentations {
		return nil, model.BadInput("`representations` must have at most 1000 elements.")
	}
	var conversations []string
	edges := edgesBelow(ctx, currentPlan(ctx), true)
	for _, representation := range representations {
		id, err := entityID(representation)
		typename, _ := representation["__typename"].(string)
		if err != nil {
			continue // it will be rejected, which must cost no call
		}
		prefetchEdges(ctx, edges, typename)
		if typename == "Conversation" {
			conversations = append(conversations, id)
		}
	}
	if err := prefetchBelow(ctx, unfetched(conversations...)...); err != nil {
		return nil, err
	}
	found := fetchEach(ctx, representations, fetchEntity)
	prefetchBehindEdges(ctx, edges, references(found))
	return found, nil
}

// prefetchEdges starts reading the full lists for the conversations of an entity.
func prefetchEdges(ctx context.Context, fields []edgeField, typename string) {
	for _, field := range fields {
		if field.isDirect && field.of == typename {
			field.prefetch(ctx)
		}
	}
}

func references(entities []model.Entity) []rest.Reference {
	var list []rest.Reference
	for _, entity := range entities {
		if reference, ok := entity.(rest.Reference); ok {
			list = append(list, reference)
		}
	}
	return list
}

// fetchEntity returns the object of a representation, nil if it is hidden or gone. Objects of other domains are
// returned as references, which cost no call: the renderer fetches them if a field other than the ID is selected.
func fetchEntity(ctx context.Context, representation map[string]any) (model.Entity, error) {
	id, err := entityID(representation)
	if err != nil {
		return nil, err
	}
	switch representation["__typename"] {
	case "Conversation":
		return entity(loader.From(ctx).Conversation.Load(ctx, id))
	case "ConversationCategory":
		return entity(loader.From(ctx).Category(ctx, id))
	}
	typename, _ := representation["__typename"].(string)
	if reference := referenceTo(typename, id); reference != nil {
		return reference, nil
	}
	return nil, model.BadInput("`__typename` of a representation must be an entity of this subgraph.")
}

// entityID returns the ID of a representation, the only key of entities of this subgraph.
func entityID(representation map[string]any) (string, error) {
	if id, ok := representation["id"].(string); ok {
		return rest.ParseID(id)
	}
	return "", model.BadInput("`id` of a representation must be a string.")
}

// entity returns nil for an object that is hidden or gone. A nil pointer would be a non-nil Entity.
func entity[T any](value *T, err error) (model.Entity, error) {
	if access, err := rest.AccessOf(err); access != rest.AccessVisible {
		return nil, err
	}
	return value, nil
}
