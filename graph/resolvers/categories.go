package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// ConversationCategories resolves Query.conversationCategories.
func (query) ConversationCategories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	return loader.From(ctx).Categories(ctx)
}

// ConversationCategory resolves Query.conversationCategory.
func (query) ConversationCategory(ctx context.Context, id string) (*rest.ConversationCategory, error) {
	return orNull(byArgument(ctx, id, loader.From(ctx).Category))
}

// RelatedTypes resolves ConversationCategory.relatedTypes.
func (category) RelatedTypes(_ context.Context, parent *rest.ConversationCategory) ([]generated.ReferenceType, error) {
	types := []generated.ReferenceType{}
	for _, each := range parent.ReferenceTypes {
		if related, ok := relatedType(each); ok {
			types = append(types, related)
		}
	}
	return types, nil
}

// relatedType returns the type of reference for a category's type of object, under which mStudio uses other names.
func relatedType(of rest.CategoryReferenceType) (related generated.ReferenceType, ok bool) {
	switch of {
	case rest.CategoryServer:
		return generated.ReferenceTypePlacementGroup, true
	case rest.CategoryProject:
		return generated.ReferenceTypeProject, true
	case rest.CategoryOrganisation:
		return generated.ReferenceTypeCustomer, true
	case rest.CategoryExtensionInstance:
		return generated.ReferenceTypeExtensionInstance, true
	case rest.CategoryUnspecified:
	}
	return "", false
}
