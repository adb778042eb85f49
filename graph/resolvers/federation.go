package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxRepresentations is how many entities one field can be asked for. Routers ask for all that a page refers to at once.
const maxRepresentations = 1000

var _ generated.FederationResolver = query{}

// Service answers Query._service.
func (q query) Service(context.Context) (model.Service, error) {
	return model.Service{SDL: q.SubgraphSDL}, nil
}

// Entities answers Query._entities.
func (query) Entities(ctx context.Context, representations []map[string]any) ([]model.Entity, error) {
	if len(representations) > maxRepresentations {
		return nil, model.BadInput("representations must be at most 1000.")
	}
	var conversations []string
	edges := edgeFields(ctx)
	for _, representation := range representations {
		id, err := entityID(representation)
		typename, _ := representation["__typename"].(string)
		if err != nil {
			continue // it is refused, and must not cost a call
		}
		startEdges(ctx, edges, typename)
		if typename == "Conversation" {
			conversations = append(conversations, id)
		}
	}
	startBelow(ctx, conversations...)
	found := fetchEach(ctx, representations, fetchEntity)
	startBehindEdges(ctx, edges, references(found))
	return found, nil
}

// startEdges starts what the conversations of an entity need.
func startEdges(ctx context.Context, fields []edgeField, typename string) {
	for _, field := range fields {
		if field.isDirect && field.of == typename {
			field.start(ctx)
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

// fetchEntity returns the object that is meant; nil if mStudio does not have it. A reference to another domain is one as
// long as nothing but its id is asked for, so it costs no call; whoever renders it fetches the rest.
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
	return referenceEntity(representation["__typename"], id)
}

func referenceEntity(typename any, id string) (model.Entity, error) {
	switch typename {
	case "User":
		return &rest.User{Ref: rest.Ref{ID: id}}, nil
	case "Customer":
		return &rest.Customer{Ref: rest.Ref{ID: id}}, nil
	case "Project":
		return &rest.Project{Ref: rest.Ref{ID: id}}, nil
	case "AppInstallation":
		return &rest.AppInstallation{Ref: rest.Ref{ID: id}}, nil
	case "PlacementGroup":
		return &rest.PlacementGroup{Ref: rest.Ref{ID: id}}, nil
	case "ExtensionInstance":
		return &rest.ExtensionInstance{Ref: rest.Ref{ID: id}}, nil
	case "Container":
		return &rest.Container{Ref: rest.Ref{ID: id}}, nil
	}
	return nil, model.BadInput("A representation must have the __typename of an entity of this subgraph.")
}

// entityID returns the only key that entities of this subgraph have.
func entityID(representation map[string]any) (string, error) {
	if id, ok := representation["id"].(string); ok {
		return rest.ParseID(id)
	}
	return "", model.BadInput("A representation must have the id of its entity, as a string.")
}

// entity makes a nil of what mStudio does not have: a pointer that is nil would not be one as an entity.
func entity[T any](value *T, err error) (model.Entity, error) {
	if value, err = orNull(value, err); value == nil {
		return nil, err
	}
	return value, err
}
