package drift

import (
	"mstudio-graphql/graph/scalar"
	"mstudio-graphql/rest"
)

// walker looks for what the schema does not know in a document.
type walker func(field, value string)

// document looks at everything that the client returns and that has enums or unions in it.
func (w walker) document(document any) {
	switch document := document.(type) {
	case []*rest.Conversation:
		each(document, w.conversation)
	case *rest.Conversation:
		w.conversation(document)
	case []rest.Message:
		for _, message := range document {
			w.message(message)
		}
	case []*rest.User:
		each(document, w.user)
	case *rest.User:
		w.user(document)
	case []*rest.ConversationCategory:
		each(document, w.category)
	case *rest.ConversationCategory:
		w.category(document)
	default:
		w.entity(document)
	}
}

func (w walker) conversation(c *rest.Conversation) {
	if c == nil {
		return
	}
	if c.Status != "" && !scalar.KnowsConversationStatus(c.Status) {
		w("Conversation.status", string(c.Status))
	}
	if c.Visibility != "" && !scalar.KnowsConversationVisibility(c.Visibility) {
		w("Conversation.visibility", string(c.Visibility))
	}
	for _, role := range c.NotificationRoles {
		if !scalar.KnowsNotificationRole(role) {
			w("Conversation.notificationRoles", string(role))
		}
	}
	w.user(c.CreatedBy)
	w.user(c.MainUser)
	if c.LastMessage != nil {
		w.user(c.LastMessage.CreatedBy)
	}
	w.category(c.Category)
	if unknown, ok := c.RelatedTo.(*rest.UnknownReference); ok {
		w("Conversation.relatedTo", referenceType(unknown))
	}
	if unknown, ok := c.SharedWith.(*rest.UnknownReference); ok {
		w("Conversation.sharedWith", referenceType(unknown))
	}
}

// referenceType is how mStudio names a type of object.
func referenceType(r rest.Reference) string { return r.Domain() + "/" + r.Aggregate() }

func (w walker) category(c *rest.ConversationCategory) {
	if c == nil {
		return
	}
	for _, kind := range c.ReferenceTypes {
		if !scalar.KnowsCategoryReferenceType(kind) {
			w("ConversationCategory.referenceTypes", string(kind))
		}
	}
}

func (w walker) user(u *rest.User) {
	if u != nil && u.Department != "" && !scalar.KnowsDepartment(u.Department) {
		w("User.department", string(u.Department))
	}
}

func (w walker) message(message rest.Message) {
	switch message := message.(type) {
	case *rest.TextMessage:
		w.user(message.CreatedBy)
		w.files(message.Files)
	case *rest.StatusUpdate:
		w.user(message.User)
	case *rest.ServiceRequest:
		if !scalar.KnowsServiceRequestKind(message.Kind) {
			w("ServiceRequest.kind", string(message.Kind))
		}
		w.files(message.Files)
	case *rest.UnknownMessage:
		w("Message", message.RawType)
	}
}

func (w walker) files(files []rest.File) {
	for _, file := range files {
		if unknown, ok := file.(*rest.UnknownFile); ok {
			w("File.state", unknown.RawState)
		}
	}
}
