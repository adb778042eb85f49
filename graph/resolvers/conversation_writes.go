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
	return writeOnce(ctx, input.IdempotencyKey, "", canonicalConversation(input), func(ctx context.Context) (string, error) { return openConversation(ctx, input) })
}

// canonicalConversation spells equal IDs alike.
func canonicalConversation(input generated.CreateConversationInput) generated.CreateConversationInput {
	input.CategoryID, input.MainUserID = lowerID(input.CategoryID), lowerID(input.MainUserID)
	if to := input.RelatedTo; to != nil {
		input.RelatedTo = &generated.RelatedToInput{Type: to.Type, ID: strings.ToLower(to.ID)}
	}
	if with := input.SharedWith; with != nil {
		input.SharedWith = &generated.SharedWithInput{Type: with.Type, ID: strings.ToLower(with.ID)}
	}
	return input
}

func openConversation(ctx context.Context, input generated.CreateConversationInput) (string, error) {
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
		if viewer.HasDerivedID {
			return "", &rest.Error{Code: rest.BadResponse}
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
	found.checkKey(input.IdempotencyKey)
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
	err := setStatus(ctx, input)
	payload.UserErrors, err = finishWrite(ctx, input.ConversationID, conversationNames(), "conversationId", err)
	return payload, err
}

func setStatus(ctx context.Context, input generated.SetConversationStatusInput) error {
	var found userErrors
	found.checkID(input.ConversationID, "conversationId")
	if err := found.orNil(); err != nil {
		return err
	}
	return loader.From(ctx).SetConversationStatus(ctx, input.ConversationID, statusOf(input.Status))
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
	// maxWritten is the maximum number of IDs in a write to several conversations.
	maxWritten = 100
	// parallelWrites limits concurrent writes, because all writes of a caller share one rate limit.
	parallelWrites = 8
)

// CloseConversations resolves Mutation.closeConversations.
func (mutation) CloseConversations(ctx context.Context, input generated.CloseConversationsInput) (*model.CloseConversationsPayload, error) {
	return writeEach(ctx, input.ConversationIds, "CloseConversationResult", func(id string) (bool, error) {
		return true, loader.From(ctx).SetConversationStatus(ctx, id, rest.StatusClosed)
	}), nil
}

// writeEach writes to each conversation once, even if its ID occurs more than once. result is the type with the result for one
// conversation.
func writeEach(ctx context.Context, ids []string, result string, write func(id string) (changed bool, err error)) *model.ConversationsPayload {
	var found userErrors
	switch {
	case len(ids) == 0:
		found.add(model.UserErrorRequired, "The list must have at least one ID.", "conversationIds")
	case len(ids) > maxWritten:
		found.add(model.UserErrorTooLong, "The list must have at most 100 IDs.", "conversationIds")
	}
	if found != nil {
		return &model.ConversationsPayload{UserErrors: found}
	}
	written, first := writeFirst(ctx, ids, write)
	for i, id := range ids {
		if written[i] = written[first[strings.ToLower(id)]]; written[i].Err == nil {
			own := *written[i].Result
			own.ConversationID = &ids[i]
			written[i].Result = &own
			if len(own.UserErrors) == 0 {
				prefetchPayload(ctx, id, result)
			}
		}
	}
	return &model.ConversationsPayload{Written: written}
}

// writeFirst writes to each conversation at its first ID. It returns the results, and the indexes of the first IDs.
func writeFirst(ctx context.Context, ids []string, write func(id string) (changed bool, err error)) (written []model.ConversationWrite, first map[string]int) {
	var writes errgroup.Group
	writes.SetLimit(parallelWrites)
	written, first = make([]model.ConversationWrite, len(ids)), map[string]int{}
	for i, id := range ids {
		canonical := strings.ToLower(id)
		if _, isDuplicate := first[canonical]; isDuplicate {
			continue
		}
		first[canonical] = i
		writes.Go(func() error {
			written[i] = writeOne(ctx, id, i, write)
			return nil
		})
	}
	_ = writes.Wait()
	return written, first
}

func writeOne(ctx context.Context, id string, index int, write func(id string) (changed bool, err error)) (written model.ConversationWrite) {
	defer func() {
		if panicked := recover(); panicked != nil { // the executor does not recover panics in this goroutine
			written = model.ConversationWrite{Err: graphql.Recover(ctx, panicked)}
		}
	}()
	var found userErrors
	found.checkID(id, "conversationIds", strconv.Itoa(index))
	err, changed := found.orNil(), false
	if err == nil {
		changed, err = write(id)
	}
	field := "conversationIds." + strconv.Itoa(index)
	found, err = inputNames{"status": field}.userErrorsOf(err, field) // the input has no field for the status
	if err != nil {
		return model.ConversationWrite{Err: err}
	}
	return model.ConversationWrite{Result: &model.ConversationPayload{UserErrors: found, IsUnchanged: !changed}}
}

// Results resolves the field results of writes to several conversations.
func (conversationsPayload) Results(ctx context.Context, payload *model.ConversationsPayload) ([]*model.ConversationPayload, error) {
	results := make([]*model.ConversationPayload, len(payload.Written))
	for i, written := range payload.Written {
		if written.Err != nil {
			addErrorAt(ctx, i, written.Err)
			continue
		}
		results[i] = written.Result
	}
	return results, nil
}
