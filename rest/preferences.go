package rest

import (
	"cmp"
	"context"
	"maps"
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

func (PreferredUserIDs) schemaType() string { return "ConversationPreferences" }

func (p *PreferredUserIDs) readMember(d *decoder, name, _ string) bool {
	if name != "categoryUserPairs" {
		return false
	}
	p.PreferredUsers = d.categoryUserPairs()
	return true
}

// PreferredUser is the preferred user for new conversations of a category.
type PreferredUser struct {
	CategoryID string
	UserID     string
	// HasDerivedUserID reports whether mStudio sent something else than an ID.
	HasDerivedUserID bool
}

const preferencesRoute route = "/customers/{customerId}/conversation-preferences"

// ConversationPreferences fetches the preferences of a customer. The error is an [*Error] with Forbidden or NotFound if the
// caller may not see that customer.
func (c *Client) ConversationPreferences(ctx context.Context, customerID string) (*ConversationPreferences, error) {
	idOf := func(read *ConversationPreferences) *string { return &read.CustomerID }
	return getOne(ctx, c, preferencesRoute, customerID, object[ConversationPreferences], idOf)
}

func (d *decoder) categoryUserPairs() []*PreferredUser {
	users := map[string]*PreferredUser{}
	d.object("", func(name []byte) { // of two members with the same name, the last counts
		categoryID := validText(name)
		users[categoryID] = d.preferredUser(categoryID)
	})
	pairs := slices.DeleteFunc(slices.Collect(maps.Values(users)), func(pair *PreferredUser) bool { return pair == nil })
	slices.SortFunc(pairs, func(a, b *PreferredUser) int { return cmp.Compare(a.CategoryID, b.CategoryID) })
	return append([]*PreferredUser{}, pairs...)
}

// preferredUser reads the ID of a user. It returns nil for null and "", which stand for no user.
func (d *decoder) preferredUser(categoryID string) *PreferredUser {
	start := d.start()
	id := d.id()
	if raw := string(d.Data[start:d.At]); raw == "null" || raw == `""` {
		return nil
	}
	pair := &PreferredUser{CategoryID: categoryID}
	pair.UserID, pair.HasDerivedUserID = d.idOr(id, start)
	return pair
}

// Customer returns a reference to the customer.
func (p *ConversationPreferences) Customer() *Customer { return &Customer{Ref: Ref{ID: p.CustomerID}} }

// FallbackUser returns a reference to the fallback user; nil if not set.
func (p *ConversationPreferences) FallbackUser() *User { return byID[User](p.FallbackUserID) }

// User returns a reference to the user, or a complete user of whom nothing is known.
func (p *PreferredUser) User() *User {
	if p.HasDerivedUserID {
		return &User{Ref: unidentified(p.UserID)}
	}
	return &User{Ref: Ref{ID: p.UserID}}
}
