package resolvers

import (
	"context"
	"strconv"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// SendMessage answers Mutation.sendMessage.
func (mutation) SendMessage(ctx context.Context, input generated.SendMessageInput) (*model.SendMessagePayload, error) {
	payload := &model.SendMessagePayload{ConversationID: input.ConversationID}
	id, err := sendMessage(ctx, input)
	if err != nil {
		payload.UserErrors, err = messageNames(input).explain(err, "conversationId")
		return payload, err
	}
	payload.MessageID = &id
	startPayload(ctx, input.ConversationID)
	return payload, nil
}

// messageNames knows that the ids of files stand behind those that were given.
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
	if err := checkLastMessage(ctx, input); err != nil {
		return "", err
	}
	fileIDs, err := uploadFiles(ctx, input)
	if err != nil {
		return "", err
	}
	return loader.From(ctx).SendMessage(ctx, input.ConversationID, rest.NewMessage{Content: valueOf(input.Content), FileIDs: fileIDs})
}

func checkMessage(input generated.SendMessageInput) error {
	var wrong userErrors
	wrong.checkID(input.ConversationID, "conversationId")
	wrong.checkText(valueOf(input.Content), "content")
	wrong.checkIDs(input.FileIds, "fileIds")
	wrong.checkOptionalID(input.IfLastMessage, "ifLastMessage")
	if isBlank(valueOf(input.Content)) && len(input.FileIds)+len(input.Files) == 0 {
		wrong.add(model.UserErrorRequired, "A message needs a text or a file.", "content")
	}
	return wrong.orNil()
}

// checkLastMessage refuses a message whose sender has not seen the newest item.
func checkLastMessage(ctx context.Context, input generated.SendMessageInput) error {
	if input.IfLastMessage == nil {
		return nil
	}
	history, err := loader.From(ctx).Messages.Load(ctx, input.ConversationID)
	if err != nil {
		return err
	}
	newest := ""
	for _, message := range history {
		if head := message.Head(); !head.Internal {
			newest = head.ID
		}
	}
	var wrong userErrors
	if !sameID(newest, *input.IfLastMessage) {
		wrong.add(model.UserErrorConflict, "There is something newer than this in the conversation.", "ifLastMessage")
	}
	return wrong.orNil()
}

// SentMessage answers SendMessagePayload.sentMessage.
func (sendMessagePayload) SentMessage(ctx context.Context, payload *model.SendMessagePayload) (*rest.TextMessage, error) {
	if payload.MessageID == nil {
		return nil, nil //nolint:nilnil // there are user errors instead
	}
	return writtenMessage(ctx, payload.ConversationID, *payload.MessageID)
}

// Conversation answers SendMessagePayload.conversation.
func (sendMessagePayload) Conversation(ctx context.Context, payload *model.SendMessagePayload) (*rest.Conversation, error) {
	return writtenConversation(ctx, payload.ConversationID, payload.UserErrors)
}

// EditMessage answers Mutation.editMessage.
func (mutation) EditMessage(ctx context.Context, input generated.EditMessageInput) (*model.EditMessagePayload, error) {
	payload := &model.EditMessagePayload{ConversationID: input.ConversationID, MessageID: input.MessageID}
	if err := editMessage(ctx, input); err != nil {
		names := inputNames{"messageContent": "content"}
		payload.UserErrors, err = names.explain(err, "messageId")
		return payload, err
	}
	startPayload(ctx, input.ConversationID)
	return payload, nil
}

func editMessage(ctx context.Context, input generated.EditMessageInput) error {
	var wrong userErrors
	wrong.checkID(input.ConversationID, "conversationId")
	wrong.checkID(input.MessageID, "messageId")
	if isBlank(input.Content) {
		wrong.add(model.UserErrorRequired, "The text must not be blank.", "content")
	}
	if len(wrong) > 0 {
		return wrong
	}
	return loader.From(ctx).EditMessage(ctx, input.ConversationID, input.MessageID, input.Content)
}

// EditedMessage answers EditMessagePayload.editedMessage.
func (editMessagePayload) EditedMessage(ctx context.Context, payload *model.EditMessagePayload) (*rest.TextMessage, error) {
	if len(payload.UserErrors) > 0 {
		return nil, nil //nolint:nilnil // there are user errors instead
	}
	return writtenMessage(ctx, payload.ConversationID, payload.MessageID)
}
