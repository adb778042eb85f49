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

// conversationNames returns the names of the fields of a conversation.
func conversationNames() inputNames {
	return inputNames{
		"title": "title", "messageContent": "message", "categoryId": "categoryId", "mainUserId": "mainUserId",
		"notificationRoles": "notificationRoles", "status": "status",
		"relatedTo": "relatedTo", "relatedTo.id": "relatedTo.id", "relatedTo.domain": "relatedTo.type", "relatedTo.aggregate": "relatedTo.type",
		"sharedWith": "sharedWith", "sharedWith.id": "sharedWith.id", "sharedWith.domain": "sharedWith.type", "sharedWith.aggregate": "sharedWith.type",
	}
}

// CreateConversation resolves Mutation.createConversation.
func (mutation) CreateConversation(ctx context.Context, input generated.CreateConversationInput) (*model.CreateConversationPayload, error) {
	payload := &model.CreateConversationPayload{}
	id, err := createConversation(ctx, input)
	if err == nil {
		payload.ConversationID = &id
	}
	payload.UserErrors, err = finishWrite(ctx, id, conversationNames(), "", err)
	return payload, err
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
	var found userErrors
	found.checkTitle(&input.Title)
	found.checkText(valueOf(input.Message), "message")
	found.checkOptionalID(input.CategoryID, "categoryId")
	found.checkOptionalID(input.MainUserID, "mainUserId")
	if input.RelatedTo != nil {
		found.checkID(input.RelatedTo.ID, "relatedTo", "id")
	}
	if input.SharedWith != nil {
		found.checkID(input.SharedWith.ID, "sharedWith", "id")
	}
	return found.orNil()
}

func (u *userErrors) checkTitle(title *string) {
	if title != nil && isBlank(*title) {
		u.add(model.UserErrorRequired, "The title must not be blank.", "title")
	}
}

// UpdateConversation resolves Mutation.updateConversation.
func (mutation) UpdateConversation(ctx context.Context, input generated.UpdateConversationInput) (*model.UpdateConversationPayload, error) {
	payload := &model.UpdateConversationPayload{ConversationID: &input.ConversationID}
	err := updateConversation(ctx, input)
	payload.UserErrors, err = finishWrite(ctx, input.ConversationID, conversationNames(), "conversationId", err)
	return payload, err
}

func updateConversation(ctx context.Context, input generated.UpdateConversationInput) error {
	var found userErrors
	found.checkID(input.ConversationID, "conversationId")
	found.checkTitle(input.Title)
	found.checkOptionalID(input.CategoryID, "categoryId")
	if input.RelatedTo != nil {
		found.checkID(input.RelatedTo.ID, "relatedTo", "id")
	}
	if input.Title == nil && input.CategoryID == nil && input.RelatedTo == nil {
		found.add(model.UserErrorRequired, "The input contains no change.")
	}
	if err := found.orNil(); err != nil {
		return err
	}
	return loader.From(ctx).UpdateConversation(ctx, input.ConversationID, rest.ConversationChange{
		Title: valueOf(input.Title), CategoryID: valueOf(input.CategoryID), RelatedTo: relatedToLink(input.RelatedTo),
	})
}

// SetConversationStatus resolves Mutation.setConversationStatus.
func (mutation) SetConversationStatus(ctx context.Context, input generated.SetConversationStatusInput) (*model.SetConversationStatusPayload, error) {
	payload := &model.SetConversationStatusPayload{ConversationID: &input.ConversationID}
	err := setStatus(ctx, input.ConversationID, statusOf(input.Status), "conversationId")
	payload.UserErrors, err = finishWrite(ctx, input.ConversationID, conversationNames(), "conversationId", err)
	return payload, err
}

// setStatus sets the status of a conversation. field is the path to its ID in the input.
func setStatus(ctx context.Context, id string, status rest.ConversationStatus, field ...string) error {
	var found userErrors
	found.checkID(id, field...)
	if err := found.orNil(); err != nil {
		return err
	}
	return loader.From(ctx).SetConversationStatus(ctx, id, status)
}

// notificationRoles returns the roles in mStudio's spelling.
func notificationRoles(given []generated.NotificationRoleInput) []rest.NotificationRole {
	roles := make([]rest.NotificationRole, len(given))
	for i, role := range given {
		roles[i] = rest.NotificationRole(strings.ToLower(string(role)))
		if role == generated.NotificationRoleInputProjectEmailAdmin {
			roles[i] = rest.RoleProjectEmailAdmin // its spelling since January 2025
		}
	}
	return roles
}

// link returns the link to an object. All types that a conversation can be shared with are reference types.
func link[T generated.ReferenceType | generated.SharedWithType](of T, id string) *rest.Link {
	to := referenceTo(of, id)
	return &rest.Link{Domain: to.Domain(), Aggregate: to.Aggregate(), ID: id}
}

func relatedToLink(input *generated.RelatedToInput) *rest.Link {
	if input == nil {
		return nil
	}
	return link(input.Type, input.ID)
}

func sharedWithLink(input *generated.SharedWithInput) *rest.Link {
	if input == nil {
		return nil
	}
	return link(input.Type, input.ID)
}

const (
	// maxClosed is the maximum number of IDs in closeConversations.
	maxClosed = 100
	// parallelWrites limits concurrent writes, because all writes of a caller share one rate limit.
	parallelWrites = 8
)

// CloseConversations resolves Mutation.closeConversations.
func (mutation) CloseConversations(ctx context.Context, input generated.CloseConversationsInput) (*model.CloseConversationsPayload, error) {
	ids := input.ConversationIds
	var found userErrors
	switch {
	case len(ids) == 0:
		found.add(model.UserErrorRequired, "The list must have at least one ID.", "conversationIds")
	case len(ids) > maxClosed:
		found.add(model.UserErrorTooLong, "The list must have at most 100 IDs.", "conversationIds")
	default:
		return &model.CloseConversationsPayload{Closed: closeEach(ctx, ids)}, nil
	}
	return &model.CloseConversationsPayload{UserErrors: found}, nil
}

// closeEach closes each conversation once, even if its ID occurs more than once.
func closeEach(ctx context.Context, ids []string) []model.Closing {
	var writes errgroup.Group
	writes.SetLimit(parallelWrites)
	closings, first := make([]model.Closing, len(ids)), map[string]int{}
	for i, id := range ids {
		canonical := strings.ToLower(id)
		if _, isDuplicate := first[canonical]; isDuplicate {
			continue
		}
		first[canonical] = i
		writes.Go(func() error {
			closings[i] = closeOne(ctx, id, i)
			return nil
		})
	}
	_ = writes.Wait()
	for i, id := range ids {
		if closings[i] = closings[first[strings.ToLower(id)]]; closings[i].Err == nil {
			result := *closings[i].Result
			result.ConversationID = &ids[i]
			closings[i].Result = &result
			if len(result.UserErrors) == 0 {
				prefetchPayload(ctx, id, "CloseConversationResult")
			}
		}
	}
	return closings
}

func closeOne(ctx context.Context, id string, index int) (closing model.Closing) {
	defer func() {
		if panicked := recover(); panicked != nil { // the executor does not recover panics in this goroutine
			closing = model.Closing{Err: graphql.Recover(ctx, panicked)}
		}
	}()
	err := setStatus(ctx, id, rest.StatusClosed, "conversationIds", strconv.Itoa(index))
	field := "conversationIds." + strconv.Itoa(index)
	found, err := inputNames{"status": field}.userErrorsOf(err, field) // the input has no field for the status
	if err != nil {
		return model.Closing{Err: err}
	}
	return model.Closing{Result: &model.CloseConversationResult{UserErrors: found}}
}

// Results resolves CloseConversationsPayload.results.
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
