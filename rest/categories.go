package rest

import "context"

// CategoryReferenceType is a type of object that conversations of a category may be about, as mStudio spells it.
type CategoryReferenceType string

// The known category reference types.
const (
	CategoryUnspecified       CategoryReferenceType = "unspecified"
	CategoryServer            CategoryReferenceType = "server"
	CategoryProject           CategoryReferenceType = "project"
	CategoryOrganisation      CategoryReferenceType = "organisation"
	CategoryExtensionInstance CategoryReferenceType = "extensionInstance"
)

// ConversationCategory is a topic of conversations, such as "Domains".
type ConversationCategory struct {
	ID             string                  `api:"categoryId,required"`
	Name           string                  `api:"name,required"`
	ReferenceTypes []CategoryReferenceType `api:"referenceType,required"`
}

// RawReferenceTypes returns the types as mStudio spells them.
func (c *ConversationCategory) RawReferenceTypes() []string { return rawList(c.ReferenceTypes) }

const (
	categoriesRoute route = "/conversation-categories"
	categoryRoute   route = "/conversation-categories/{categoryId}"
)

// ConversationCategories lists all categories. A row that is not an object is nil. The endpoint needs no token and has no
// pages.
func (c *Client) ConversationCategories(ctx context.Context) ([]*ConversationCategory, error) {
	categories, _, err := get(ctx, c, categoriesRoute, nil, nil, readCategories)
	return categories, err
}

// ConversationCategory fetches one category. The error is an [*Error] with NotFound if it does not exist. The endpoint
// needs no token.
func (c *Client) ConversationCategory(ctx context.Context, id string) (*ConversationCategory, error) {
	return getOne(ctx, c, categoryRoute, id, object[ConversationCategory], func(read *ConversationCategory) *string { return &read.ID })
}

func readCategories(d *decoder) []*ConversationCategory { return rows(d, d.category) }

// category reads a category, or returns nil if the value is not an object.
func (d *decoder) category() *ConversationCategory {
	return dedup(d, func() *ConversationCategory {
		start := d.start()
		category := object[ConversationCategory](d)
		if category != nil {
			category.ID, _ = d.idOr(category.ID, start)
		}
		return category
	})
}
