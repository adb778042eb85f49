package resolvers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// SendMessage resolves Mutation.sendMessage.
func (mutation) SendMessage(ctx context.Context, input generated.SendMessageInput) (*model.SendMessagePayload, error) {
	payload := &model.SendMessagePayload{ConversationID: input.ConversationID}
	id, err := sendMessage(ctx, input)
	if err == nil {
		payload.MessageID = &id
	}
	payload.UserErrors, err = finishWrite(ctx, input.ConversationID, messageNames(input), "conversationId", err)
	return payload, err
}

// messageNames returns the names of the fields of a message. In mStudio's list of files, the files of the input come after
// fileIds.
func messageNames(input generated.SendMessageInput) inputNames {
	names := inputNames{"messageContent": "content", "fileIds": "fileIds"}
	for i := range input.Files {
		names["fileIds."+strconv.Itoa(len(input.FileIds)+i)] = "files." + strconv.Itoa(i)
	}
	return names
}

func sendMessage(ctx context.Context, input generated.SendMessageInput) (id string, err error) {
	if err := checkMessage(input); err != nil {
		return "", err
	}
	return writeOnce(ctx, input.IdempotencyKey, input.ConversationID, canonicalMessage(input), func(ctx context.Context) (string, error) { return postMessage(ctx, input) })
}

// canonicalMessage spells equal IDs alike.
func canonicalMessage(input generated.SendMessageInput) generated.SendMessageInput {
	input.ConversationID, input.IfLastMessage, input.FileIds = strings.ToLower(input.ConversationID), lowerID(input.IfLastMessage), slices.Clone(input.FileIds)
	for i, id := range input.FileIds {
		input.FileIds[i] = strings.ToLower(id)
	}
	return input
}

func postMessage(ctx context.Context, input generated.SendMessageInput) (id string, err error) {
	if err := checkLastMessage(ctx, input); err != nil {
		return "", err
	}
	fileIDs, err := uploadFiles(ctx, input)
	if err != nil {
		return "", err
	}
	message := rest.NewMessage{Content: valueOf(input.Content), FileIDs: fileIDs}
	if input.IfLastMessage == nil {
		return loader.From(ctx).SendMessage(ctx, input.ConversationID, message)
	}
	id, err = loader.From(ctx).SendMessageAfter(ctx, input.ConversationID, *input.IfLastMessage, message)
	if errors.Is(err, loader.ErrOutdated) {
		err = userErrorAt("ifLastMessage", model.UserErrorConflict, "Another message with the same `ifLastMessage` was sent or is being sent.")
	}
	return id, err
}

func checkMessage(input generated.SendMessageInput) error {
	var found userErrors
	found.checkID(input.ConversationID, "conversationId")
	found.checkText(valueOf(input.Content), "content")
	found.checkIDs(input.FileIds, "fileIds")
	found.checkOptionalID(input.IfLastMessage, "ifLastMessage")
	found.checkKey(input.IdempotencyKey)
	if isBlank(valueOf(input.Content)) && len(input.FileIds)+len(input.Files) == 0 {
		found.add(model.UserErrorRequired, "A message needs text or a file.", "content")
	}
	return found.orNil()
}

// checkLastMessage rejects a message if the conversation has a newer one than ifLastMessage.
func checkLastMessage(ctx context.Context, input generated.SendMessageInput) error {
	if input.IfLastMessage == nil {
		return nil
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, input.ConversationID)
	if err != nil {
		return err
	}
	newest := ""
	for _, message := range messages {
		if head := message.Head(); !head.IsInternal {
			newest = head.ID
		}
	}
	var found userErrors
	if !strings.EqualFold(newest, *input.IfLastMessage) {
		found.add(model.UserErrorConflict, "The conversation has a newer message.", "ifLastMessage")
	}
	return found.orNil()
}

// EditMessage resolves Mutation.editMessage.
func (mutation) EditMessage(ctx context.Context, input generated.EditMessageInput) (*model.EditMessagePayload, error) {
	payload := &model.EditMessagePayload{ConversationID: input.ConversationID, MessageID: &input.MessageID}
	err := editMessage(ctx, input)
	payload.UserErrors, err = finishWrite(ctx, input.ConversationID, inputNames{"messageContent": "content"}, editSubject(ctx, input.ConversationID, err), err)
	return payload, err
}

// editSubject returns the field with the object that mStudio lacks or protects. Its response is the same for both, so one
// call looks for the conversation.
func editSubject(ctx context.Context, conversationID string, err error) string {
	if !rest.IsHidden(err) {
		return "messageId"
	}
	_, err = loader.From(ctx).Conversation.Load(ctx, conversationID)
	switch {
	case err == nil:
		return "messageId"
	case rest.IsHidden(err):
		return "conversationId"
	}
	return ""
}

func editMessage(ctx context.Context, input generated.EditMessageInput) error {
	var found userErrors
	found.checkID(input.ConversationID, "conversationId")
	found.checkID(input.MessageID, "messageId")
	if isBlank(input.Content) {
		found.add(model.UserErrorRequired, "The text must not be blank.", "content")
	}
	if err := found.orNil(); err != nil {
		return err
	}
	return loader.From(ctx).EditMessage(ctx, input.ConversationID, input.MessageID, input.Content)
}
