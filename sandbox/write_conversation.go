package sandbox

import "math/rand/v2"

// changedConversation is the answer to a conversation that was opened or changed.
type changedConversation struct {
	ConversationID string `json:"conversationId"`
}

// relatable is what a conversation can be about, and shareable with whom it can be shared, as "domain/aggregate".
func relatable() []string {
	return append(shareable(), "app/appinstallation", "extension/extensionInstance", "container/container")
}

func shareable() []string {
	return []string{"user/user", "customer/customer", "project/project", "project/placementgroup"}
}

// createConversation opens a conversation of the caller's customer.
func (s *Sandbox) createConversation(c *caller, b *body) *conversation {
	author := s.store.users[c.profile.ID]
	conv := &conversation{
		ID: s.newID("conversation"), CreatedAt: s.tick(), CreatedBy: author, MainUser: author,
		Status: statusOpen, Visibility: visibilityPrivate, customers: []string{c.customerID},
		Title: b.text("title"), Category: s.category(b), RelatedTo: b.reference("relatedTo", relatable()...),
		SharedWith: b.reference("sharedWith", shareable()...),
		NotificationRoles: b.enums("notificationRoles", "customer_owner", "customer_accountant", "customer_member", "project_owner",
			"project_emailadmin", "project_external"),
	}
	conv.ShortID = shortID(rand.New(rand.NewPCG(seedVersion, uint64(s.store.made))))
	if conv.SharedWith != nil {
		conv.Visibility = visibilityShared
	}
	if id := b.id("mainUserId"); id != "" {
		if conv.MainUser = s.store.users[id]; conv.MainUser == nil {
			b.reject(".mainUserId", "exists", "should be an existing user", nil)
			return conv
		}
	}
	conv.members = membersOf(conv)
	conv.messages = []*message{{
		ConversationID: conv.ID, Type: typeStatusUpdate, CreatedAt: conv.CreatedAt, Content: updateCreated, Meta: statusMeta{author},
	}}
	if text := b.limitedText("messageContent", maxText); text != "" {
		s.writeMessage(c, conv, text, nil)
	}
	return conv
}

// category reads a topic that must exist; nil if there is none.
func (s *Sandbox) category(b *body) *category {
	if !b.has("categoryId") {
		return nil
	}
	id, _ := canonicalID(b.text("categoryId"))
	for _, known := range s.store.categories {
		if known.ID == id {
			return known
		}
	}
	b.reject(".categoryId", "exists", "should be an existing category", nil)
	return nil
}

// updateConversation changes what is given.
func (s *Sandbox) updateConversation(_ *caller, conv *conversation, b *body) (any, error) {
	if b.has("title") {
		conv.Title = b.text("title")
	}
	if b.has("categoryId") {
		conv.Category = s.category(b)
	}
	if b.has("relatedTo") {
		conv.RelatedTo = b.reference("relatedTo", relatable()...)
	}
	return changedConversation{conv.ID}, nil
}

// changeStatus sets one of the statuses that callers can set.
func (s *Sandbox) changeStatus(c *caller, conv *conversation, b *body) (any, error) {
	b.require("status")
	if status := b.enum("status", statusOpen, statusAnswered, statusClosed); b.problems == nil {
		s.setStatus(conv, s.store.users[c.profile.ID], status)
	}
	return changedConversation{conv.ID}, nil
}
