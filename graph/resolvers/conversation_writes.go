package resolvers

import (
	"context"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/sync/errgroup"

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
	case generated.ReferenceTypeCustomer:
		return link(rest.Customer{}, input.ID)
	case generated.ReferenceTypeProject:
		return link(rest.Project{}, input.ID)
	case generated.ReferenceTypeAppInstallation:
		return link(rest.AppInstallation{}, input.ID)
	case generated.ReferenceTypePlacementGroup:
		return link(rest.PlacementGroup{}, input.ID)
	case generated.ReferenceTypeExtensionInstance:
		return link(rest.ExtensionInstance{}, input.ID)
	case generated.ReferenceTypeContainer:
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

const (
	// maxClosed is how many conversations one field can close.
	maxClosed = 100
	// parallelWrites is how many of them are closed at the same time: writes of one caller count against one rate.
	parallelWrites = 8
)

// CloseConversations answers Mutation.closeConversations.
func (mutation) CloseConversations(ctx context.Context, input generated.CloseConversationsInput) (*model.CloseConversationsPayload, error) {
	ids := input.ConversationIds
	var wrong userErrors
	switch {
	case len(ids) == 0:
		wrong.add(model.UserErrorRequired, "There must be at least one id.", "conversationIds")
	case len(ids) > maxClosed:
		wrong.add(model.UserErrorTooLong, "There must be at most 100 ids.", "conversationIds")
	default:
		return &model.CloseConversationsPayload{Closed: closeEach(ctx, ids)}, nil
	}
	return &model.CloseConversationsPayload{UserErrors: wrong}, nil
}

// closeEach closes each conversation once, however often it is given.
func closeEach(ctx context.Context, ids []string) []model.Closing {
	var writes errgroup.Group
	writes.SetLimit(parallelWrites)
	closings, first := make([]model.Closing, len(ids)), map[string]int{}
	for i, id := range ids {
		canonical := strings.ToLower(id)
		if _, twice := first[canonical]; twice {
			continue
		}
		first[canonical] = i
		writes.Go(func() error {
			closings[i] = closeOne(ctx, id, i)
			return nil
		})
	}
	_ = writes.Wait() // there is none: errors are of single conversations
	for i, id := range ids {
		if closings[i] = closings[first[strings.ToLower(id)]]; closings[i].Err == nil {
			result := *closings[i].Result
			result.ConversationID = id
			closings[i].Result = &result
		}
	}
	startClosed(ctx, closings)
	return closings
}

func closeOne(ctx context.Context, id string, at int) (closing model.Closing) {
	defer func() {
		if panicked := recover(); panicked != nil { // the executor guards only goroutines of its own
			closing = model.Closing{Err: graphql.Recover(ctx, panicked)}
		}
	}()
	err := setStatus(ctx, id, rest.StatusClosed, "conversationIds", strconv.Itoa(at))
	place := "conversationIds." + strconv.Itoa(at) // also of the status: the input has none
	found, err := inputNames{"status": place}.explain(err, place)
	if err != nil {
		return model.Closing{Err: err}
	}
	return model.Closing{Result: &model.CloseConversationResult{ConversationID: id, UserErrors: found}}
}

// startClosed starts what the payload needs of each conversation that is closed.
func startClosed(ctx context.Context, closings []model.Closing) {
	for _, closing := range closings {
		if closing.Err == nil && len(closing.Result.UserErrors) == 0 {
			startWithin(ctx, closing.Result.ConversationID, "CloseConversationResult")
		}
	}
}

// Results answers CloseConversationsPayload.results.
func (closeConversationsPayload) Results(ctx context.Context, payload *model.CloseConversationsPayload) ([]*model.CloseConversationResult, error) {
	results := make([]*model.CloseConversationResult, len(payload.Closed))
	for i, closing := range payload.Closed {
		if closing.Err != nil {
			addErrorAt(ctx, i, closing.Err)
			continue
		}
		results[i] = closing.Result
	}
	return results, nil
}

// Conversation answers CloseConversationResult.conversation.
func (closeConversationResult) Conversation(ctx context.Context, result *model.CloseConversationResult) (*rest.Conversation, error) {
	return writtenConversation(ctx, result.ConversationID, result.UserErrors)
}
