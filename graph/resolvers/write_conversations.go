package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// conversationNames are the fields of the inputs that open and change conversations.
func conversationNames() inputNames {
	return inputNames{
		"title": "title", "messageContent": "message", "categoryId": "categoryId", "mainUserId": "mainUserId",
		"notificationRoles": "notificationRoles", "status": "status",
		"relatedTo": "relatedTo", "relatedTo.id": "relatedTo.id", "relatedTo.domain": "relatedTo.type", "relatedTo.aggregate": "relatedTo.type",
		"sharedWith": "sharedWith", "sharedWith.id": "sharedWith.id", "sharedWith.domain": "sharedWith.type", "sharedWith.aggregate": "sharedWith.type",
	}
}

// CreateConversation answers Mutation.createConversation.
func (mutation) CreateConversation(ctx context.Context, input generated.CreateConversationInput) (*model.CreateConversationPayload, error) {
	payload := &model.CreateConversationPayload{}
	id, err := createConversation(ctx, input)
	if err != nil {
		payload.UserErrors, err = conversationNames().explain(err, "")
		return payload, err
	}
	payload.ConversationID = &id
	startPayload(ctx, id)
	return payload, nil
}

func createConversation(ctx context.Context, input generated.CreateConversationInput) (string, error) {
	if err := checkNewConversation(input); err != nil {
		return "", err
	}
	conversation := rest.NewConversation{
		Title:             input.Title,
		Message:           valueOf(input.Message),
		CategoryID:        valueOf(input.CategoryID),
		MainUserID:        valueOf(input.MainUserID),
		NotificationRoles: notificationRoles(input.NotificationRoles),
		RelatedTo:         relatedToLink(input.RelatedTo),
		SharedWith:        sharedWithLink(input.SharedWith),
	}
	if input.MainUserID == nil {
		viewer, err := loader.From(ctx).Viewer(ctx)
		if err != nil {
			return "", err
		}
		conversation.MainUserID = viewer.ID
	}
	return loader.From(ctx).CreateConversation(ctx, conversation)
}

func checkNewConversation(input generated.CreateConversationInput) error {
	var wrong userErrors
	wrong.checkTitle(&input.Title)
	wrong.checkText(valueOf(input.Message), "message")
	wrong.checkOptionalID(input.CategoryID, "categoryId")
	wrong.checkOptionalID(input.MainUserID, "mainUserId")
	if input.RelatedTo != nil {
		wrong.checkID(input.RelatedTo.ID, "relatedTo", "id")
	}
	if input.SharedWith != nil {
		wrong.checkID(input.SharedWith.ID, "sharedWith", "id")
	}
	return wrong.orNil()
}

func (u *userErrors) checkTitle(title *string) {
	if title != nil && isBlank(*title) {
		u.add(model.UserErrorRequired, "The title must not be blank.", "title")
	}
}

// UpdateConversation answers Mutation.updateConversation.
func (mutation) UpdateConversation(ctx context.Context, input generated.UpdateConversationInput) (*model.UpdateConversationPayload, error) {
	payload := &model.UpdateConversationPayload{ID: input.ConversationID}
	if err := updateConversation(ctx, input); err != nil {
		payload.UserErrors, err = conversationNames().explain(err, "conversationId")
		return payload, err
	}
	startPayload(ctx, input.ConversationID)
	return payload, nil
}

func updateConversation(ctx context.Context, input generated.UpdateConversationInput) error {
	var wrong userErrors
	wrong.checkID(input.ConversationID, "conversationId")
	wrong.checkTitle(input.Title)
	wrong.checkOptionalID(input.CategoryID, "categoryId")
	if input.RelatedTo != nil {
		wrong.checkID(input.RelatedTo.ID, "relatedTo", "id")
	}
	if input.Title == nil && input.CategoryID == nil && input.RelatedTo == nil {
		wrong.add(model.UserErrorRequired, "There is nothing to change.")
	}
	if len(wrong) > 0 {
		return wrong
	}
	return loader.From(ctx).UpdateConversation(ctx, input.ConversationID, rest.ConversationChange{
		Title: valueOf(input.Title), CategoryID: valueOf(input.CategoryID), RelatedTo: relatedToLink(input.RelatedTo),
	})
}

// SetConversationStatus answers Mutation.setConversationStatus.
func (mutation) SetConversationStatus(ctx context.Context, input generated.SetConversationStatusInput) (*model.SetConversationStatusPayload, error) {
	payload := &model.SetConversationStatusPayload{ID: input.ConversationID}
	if err := setStatus(ctx, input.ConversationID, settableStatus(input.Status), "conversationId"); err != nil {
		payload.UserErrors, err = conversationNames().explain(err, "conversationId")
		return payload, err
	}
	startPayload(ctx, input.ConversationID)
	return payload, nil
}

// setStatus sets a status of the conversation that a field of the input names.
func setStatus(ctx context.Context, id string, status rest.ConversationStatus, field ...string) error {
	var wrong userErrors
	wrong.checkID(id, field...)
	if len(wrong) > 0 {
		return wrong
	}
	return loader.From(ctx).SetConversationStatus(ctx, id, status)
}

func settableStatus(status generated.SettableStatus) rest.ConversationStatus {
	switch status {
	case generated.SettableStatusAnswered:
		return "answered"
	case generated.SettableStatusClosed:
		return rest.StatusClosed
	default:
		return "open"
	}
}

func notificationRoles(roles []generated.NotificationRoleInput) []rest.NotificationRole {
	named := make([]rest.NotificationRole, len(roles))
	for i, role := range roles {
		named[i] = notificationRole(role)
	}
	return named
}

func notificationRole(role generated.NotificationRoleInput) rest.NotificationRole {
	switch role {
	case generated.NotificationRoleInputCustomerAccountant:
		return "customer_accountant"
	case generated.NotificationRoleInputCustomerMember:
		return "customer_member"
	case generated.NotificationRoleInputProjectOwner:
		return "project_owner"
	case generated.NotificationRoleInputProjectEmailAdmin:
		return "project_emailadmin" // as it is spelled since January 2025
	case generated.NotificationRoleInputProjectExternal:
		return "project_external"
	default:
		return "customer_owner"
	}
}

// relatedToLink lets the types themselves say what mStudio calls them.
func relatedToLink(input *generated.RelatedToInput) *rest.Link {
	if input == nil {
		return nil
	}
	switch input.Type {
	case generated.RelatedToTypeCustomer:
		return link(rest.Customer{}, input.ID)
	case generated.RelatedToTypeProject:
		return link(rest.Project{}, input.ID)
	case generated.RelatedToTypeAppInstallation:
		return link(rest.AppInstallation{}, input.ID)
	case generated.RelatedToTypePlacementGroup:
		return link(rest.PlacementGroup{}, input.ID)
	case generated.RelatedToTypeExtensionInstance:
		return link(rest.ExtensionInstance{}, input.ID)
	case generated.RelatedToTypeContainer:
		return link(rest.Container{}, input.ID)
	default:
		return link(rest.User{}, input.ID)
	}
}

func sharedWithLink(input *generated.SharedWithInput) *rest.Link {
	if input == nil {
		return nil
	}
	switch input.Type {
	case generated.SharedWithTypeCustomer:
		return link(rest.Customer{}, input.ID)
	case generated.SharedWithTypeProject:
		return link(rest.Project{}, input.ID)
	case generated.SharedWithTypePlacementGroup:
		return link(rest.PlacementGroup{}, input.ID)
	default:
		return link(rest.User{}, input.ID)
	}
}

func link(to rest.Reference, id string) *rest.Link {
	return &rest.Link{Domain: to.Domain(), Aggregate: to.Aggregate(), ID: id}
}
