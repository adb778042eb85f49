package sandbox

import (
	"maps"
	"net/http"
	"strings"
)

func (wr *writer) conversationRoutes(rt *router) {
	rt.write("POST /v2/conversations", wr.createConversation)
	rt.write("PUT /v2/conversations/{conversationId}", wr.changing(http.StatusOK, wr.updateConversation))
	rt.write("PUT /v2/conversations/{conversationId}/status", wr.changing(http.StatusOK, wr.changeStatus))
}

// changedConversation is the response to a conversation that was created or changed.
type changedConversation struct {
	ConversationID string `json:"conversationId"`
}

// relatable lists the types that a conversation can relate to, and shareable those it can be shared with, as
// "domain/aggregate".
func relatable() []string {
	return append(shareable(), "app/appinstallation", "extension/extensionInstance", "container/container")
}

func shareable() []string {
	return []string{"user/user", "customer/customer", "project/project", "project/placementgroup"}
}

// createConversation creates a conversation of the caller's customer.
func (wr *writer) createConversation(c *caller, b *body) (response, error) {
	conv := wr.newConversation(c, b)
	if conv.MainUser != nil {
		wr.start(c, conv, b)
	}
	if err := b.err(); err != nil {
		return response{}, err
	}
	return wr.commit(conv, http.StatusCreated, changedConversation{conv.ID}), nil
}

// newConversation returns a conversation without messages.
func (wr *writer) newConversation(c *caller, b *body) *conversation {
	author := wr.users[c.Profile.ID]
	conv := &conversation{
		ID: wr.newID("conversation"), ShortID: newShortID(wr.created), CreatedAt: wr.tick(), CreatedBy: author, MainUser: author,
		Status: statusOpen, Visibility: visibilityPrivate, customers: []string{c.CustomerID},
		Title: b.text("title"), Category: wr.category(b), RelatedTo: b.reference("relatedTo", relatable()...),
		SharedWith: b.reference("sharedWith", shareable()...),
		NotificationRoles: b.enums("notificationRoles", "customer_owner", "customer_accountant", "customer_member", "project_owner",
			"project_emailadmin", "project_external"),
	}
	if conv.SharedWith != nil {
		conv.Visibility = visibilityShared
	}
	if id := b.id("mainUserId"); id != "" {
		if conv.MainUser = wr.users[id]; conv.MainUser == nil {
			b.reject(".mainUserId", "exists", "should be an existing user", nil)
		}
	}
	return conv
}

// start adds the members, the first status update and the first message, if the body has one.
func (wr *writer) start(c *caller, conv *conversation, b *body) {
	conv.members = []*member{memberOf(conv.MainUser)}
	if conv.MainUser != conv.CreatedBy {
		conv.members = append(conv.members, memberOf(conv.CreatedBy))
	}
	conv.messages = []*message{newStatusUpdate(conv.ID, conv.CreatedAt, updateCreated, conv.CreatedBy)}
	if text := b.limitedText("messageContent", maxText); text != "" {
		wr.write(c, conv, text, nil)
	}
}

// category returns the category in the body, which must exist, or nil if the body does not set it.
func (wr *writer) category(b *body) *category {
	if !b.has("categoryId") {
		return nil
	}
	id, _ := canonicalID(b.text("categoryId"))
	found := wr.categories.find(id)
	if found == nil {
		b.reject(".categoryId", "exists", "should be an existing category", nil)
	}
	return found
}

// updateConversation changes the fields in the body.
func (wr *writer) updateConversation(_ *caller, conv *conversation, b *body) (any, error) {
	if b.has("title") {
		conv.Title = b.text("title")
	}
	if b.has("categoryId") {
		conv.Category = wr.category(b)
	}
	if b.has("relatedTo") {
		conv.RelatedTo = b.reference("relatedTo", relatable()...)
	}
	return changedConversation{conv.ID}, nil
}

// changeStatus sets one of the statuses that callers may set.
func (wr *writer) changeStatus(c *caller, conv *conversation, b *body) (any, error) {
	b.require("status")
	if status := b.enum("status", statusOpen, statusAnswered, statusClosed); b.err() == nil {
		wr.setStatus(conv, wr.users[c.Profile.ID], status)
	}
	return changedConversation{conv.ID}, nil
}

// setStatus changes the status and adds a status update. It removes an undocumented status.
func (wr *writer) setStatus(conv *conversation, by *user, status string) {
	if conv.Status == status {
		return
	}
	conv.Status = status
	conv.Future = maps.Clone(conv.Future)
	delete(conv.Future, "status")
	conv.messages = append(conv.messages, newStatusUpdate(conv.ID, wr.tick(), "STATUS_"+strings.ToUpper(status), by))
}
