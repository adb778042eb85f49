package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// ConversationCategories resolves Query.conversationCategories.
func (query) ConversationCategories(ctx context.Context) ([]*rest.ConversationCategory, error) {
	list, err := loader.From(ctx).Categories(ctx)
	if !slices.Contains(list, nil) {
		return list, err
	}
	reportUnreadable(ctx, "categories")
	return slices.DeleteFunc(slices.Clone(list), func(category *rest.ConversationCategory) bool { return category == nil }), nil
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
