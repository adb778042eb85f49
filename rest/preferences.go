package rest

import (
	"cmp"
	"context"
	"slices"
)

// ConversationPreferences holds the preferred user of a customer's new conversations, for each category.
type ConversationPreferences struct {
	CustomerID       string `api:"customerId,required"`
	PreferredUserIDs `api:"preferredUsers,required"`
}

// PreferredUserIDs holds the preferred users of a customer.
type PreferredUserIDs struct {
	// FallbackUserID is the user for categories without a preferred user; "" if not set.
	FallbackUserID string `api:"fallback"`
	// PreferredUsers is sorted by category ID.
	PreferredUsers []*PreferredUser `api:"categoryUserPairs"`
}

// PreferredUser is the preferred user for new conversations of a category.
type PreferredUser struct {
	CategoryID string
	UserID     string
}

const preferencesRoute route = "/customers/{customerId}/conversation-preferences"

// ConversationPreferences fetches the preferences of a customer. The error is an [*Error] with Forbidden or NotFound if the
// caller may not see that customer.
func (c *Client) ConversationPreferences(ctx context.Context, customerID string) (*ConversationPreferences, error) {
	idOf := func(read *ConversationPreferences) *string { return &read.CustomerID }
	return getOne(ctx, c, preferencesRoute, customerID, object[ConversationPreferences], idOf)
}

func (d *decoder) categoryUserPairs() []*PreferredUser {
	pairs := []*PreferredUser{}
	d.object("", func(name []byte) {
		categoryID := validText(name)
		if userID := d.string(); userID != "" {
			pairs = append(pairs, &PreferredUser{CategoryID: categoryID, UserID: userID})
		}
	})
	slices.SortFunc(pairs, func(a, b *PreferredUser) int { return cmp.Compare(a.CategoryID, b.CategoryID) })
	return pairs
}

// Customer returns a reference to the customer.
func (p *ConversationPreferences) Customer() *Customer { return &Customer{Ref: Ref{ID: p.CustomerID}} }

// FallbackUser returns a reference to the fallback user; nil if not set.
func (p *ConversationPreferences) FallbackUser() *User { return byID[User](p.FallbackUserID) }

// User returns a reference to the user.
func (p *PreferredUser) User() *User { return byID[User](p.UserID) }
